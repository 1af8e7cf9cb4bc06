import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { filesBelow, root } from './tree.ts'

// A layout's refusal does not stop its child's loader or action, so each asks for itself.
const asks = /\b(findActor|requirePerson|requireActor|requireFresh|requireFreshPerson|requireSide|requireMay)\(/

// Doors that are open on purpose: they show nothing of anybody's, or are how one comes to be somebody.
const forEverybody = [
  '$.tsx: action',
  '$.tsx: loader',
  'answer.$token/route.tsx: action',
  'answer.$token/route.tsx: loader',
  'asked.tsx: action',
  'claim.$token.tsx: action',
  'claim.$token.tsx: loader',
  'confirm.$token.tsx: action',
  'confirm.$token.tsx: loader',
  'join.tsx: action',
  'join_.$token.tsx: action',
  'join_.$token.tsx: loader',
  'mailbox-change.$token.tsx: action',
  'mailbox-change.$token.tsx: loader',
  'mailbox.tsx: loader',
  'network-proof_.$token.tsx: action',
  'network-proof_.$token.tsx: loader',
  'preferences.ts: action',
  'preferences.ts: loader',
  'sign-in.tsx: action',
  'sign-in_.$token.tsx: loader',
  'sign-out.ts: loader',
]

/** The bodies of `export async function loader|action` in one file. */
function doors(source: string): { name: string; body: string }[] {
  return [
    ...source.matchAll(/export (?:async )?(?:function|const) (loader|action)\b[\s\S]*?(?=\nexport |$(?![\s\S]))/g),
  ].map((match) => ({ name: match[1] ?? '', body: match[0] }))
}

test('every loader and action asks who is calling', () => {
  const routes = filesBelow('portal/app').filter(
    (file) => /^portal\/app\/(routes\/|root\.tsx)/.test(file) && /\.tsx?$/.test(file),
  )
  const found = routes.flatMap((file) =>
    doors(readFileSync(join(root, file), 'utf8')).map((door) => ({ file, ...door })),
  )
  expect(found.length).toBeGreaterThan(12)
  const open = found
    .filter(({ body }) => !asks.test(body))
    .map(({ file, name }) => `${file.replace('portal/app/routes/', '')}: ${name}`)
  expect(open.sort()).toEqual(forEverybody)
})

test('and the look finds one that does not', () => {
  const [door] = doors('export async function loader({ context }) {\n  return findNotices(context.ground)\n}\n')
  expect(door && asks.test(door.body)).toBe(false)
})
