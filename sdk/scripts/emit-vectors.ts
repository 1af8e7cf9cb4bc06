/**
 * Writes `vectors/accepted.json` and `refused.json`. Only on demand: ES256 signatures are random, so every run changes
 * every token. `vectors/keys.json` is kept when it is there.
 */
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { refuse } from '../src/protocol/refusal.ts'
import { acceptedByReceivers, tokenIn } from './vectors/accepted.ts'
import { acceptedByPortal } from './vectors/accepted-reports.ts'
import { folder } from './vectors/cast.ts'
import { refusedBodies } from './vectors/refused-bodies.ts'
import { refusedClaims } from './vectors/refused-claims.ts'
import { refusedTokens } from './vectors/refused-tokens.ts'

const accepted = [...acceptedByReceivers, ...acceptedByPortal].map(({ read, type, ...vector }) => {
  const raw = tokenIn(vector.sent)
  const { jti } = JSON.parse(Buffer.from(raw.split('.')[1] as string, 'base64url').toString())
  const digest = createHash('sha256').update(raw, 'ascii').digest('base64url')
  return { ...vector, says: { read, type, jti, set_sha256: digest } }
})

const refused = [...refusedTokens, ...refusedClaims, ...refusedBodies].map(({ code, ...vector }) => ({
  ...vector,
  refusal: { err: refuse(code).err, code },
}))

for (const vectors of [accepted, refused]) {
  const names = vectors.map((vector) => vector.name)
  if (new Set(names).size !== names.length) throw new Error('Two vectors have one name.')
}

write('accepted', accepted)
write('refused', refused)

function write(name: string, vectors: readonly object[]): void {
  const text = `${JSON.stringify({ warning: 'Public test keys. Never use them for anything real.', vectors }, null, 1)}\n`
  writeFileSync(new URL(`${name}.json`, folder), text)
  process.stdout.write(`${vectors.length} ${name} ${createHash('sha256').update(text).digest('hex').slice(0, 12)}\n`)
}
