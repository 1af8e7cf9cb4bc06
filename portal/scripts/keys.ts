/**
 * `pnpm keys`: the keys the portal signs with. `pnpm keys revoke KID`: one of them fell into other hands, and the portal
 * is down, or nobody can sign in to its desk. It takes the portal's own configuration: the database and the wrapping key.
 */
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildGround } from '../ground/build-ground.server.ts'
import { ConfigError, readConfig, readEnvironment } from '../ground/config.server.ts'
import type { Ground } from '../ground/ground.ts'
import { giveUpKey, typedLength } from '../people/signing-keys.ts'
import { projectFacts, reactionNames, recordKey, recordMail } from '../reactions.ts'

const portal = dirname(dirname(fileURLToPath(import.meta.url)))

class Refused extends Error {}

async function run(ground: Ground, [what, kid = '', ...more]: readonly string[]): Promise<string> {
  if (what === undefined) return list(ground)
  if (what !== 'revoke' || kid.length < typedLength || more.length > 0) {
    throw new Refused(`pnpm keys, or: pnpm keys revoke KID. Of the key's id at least ${typedLength} characters.`)
  }
  const given = await giveUpKey(ground, kid, null)
  if (given.result === 'not-one-key') {
    throw new Refused('No key that still counts begins like that, or more than one does. Nothing was changed.')
  }
  return [
    `Revoked: ${given.kid}`,
    await list(ground),
    'Every open notice that it signed is signed anew by the portal that runs, or by the next one that is started.',
    'Change the wrapping key as well if it may be known; see the README.',
  ].join('\n')
}

async function list(ground: Ground): Promise<string> {
  const { keys } = await ground.keys.archive()
  const { kid: current } = await ground.keys.current()
  const lines = (keys as { [member: string]: unknown }[]).map((key) => {
    const until = key['revoked_at']
      ? `revoked ${key['revoked_at']}`
      : key['not_after']
        ? `until ${key['not_after']}`
        : ''
    return `  ${key['kid']}  from ${key['not_before']}  ${key['kid'] === current ? 'signs now' : until}`.trimEnd()
  })
  return ['Keys of the portal, the oldest first:', ...lines].join('\n')
}

try {
  const config = readConfig(readEnvironment(join(portal, '.env')), { dataDirDefault: join(portal, '.data') })
  const { ground, close } = await buildGround(
    { ...config, logLevel: 'error' },
    {
      reactionsTo: reactionNames,
      project: projectFacts,
      keyChanged: recordKey,
      mailSent: recordMail,
      working: false,
    },
  )
  try {
    process.stdout.write(`${await run(ground, process.argv.slice(2))}\n`)
  } finally {
    await close()
  }
} catch (error) {
  const expected = error instanceof ConfigError || error instanceof Refused
  process.stderr.write(`${expected ? error.message : String(error instanceof Error ? error.stack : error)}\n`)
  process.exitCode = 1
}
