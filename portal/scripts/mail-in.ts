/**
 * `tsx scripts/mail-in.ts < mail`: takes one mail that came back, for a pipe of Postfix or exim. Ends with 0 when it was
 * read, whatever it was, and says what it was taken for; with 75 (EX_TEMPFAIL) when it could not be kept, so that the mail
 * server tries again.
 */
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildGround } from '../ground/build-ground.server.ts'
import { ConfigError, readConfig, readEnvironment } from '../ground/config.server.ts'
import { longestRead } from '../ground/mail-reading.ts'
import { acceptMail } from '../people/accept-mail.ts'
import { projectFacts, reactionNames, recordKey, recordMail } from '../reactions.ts'

const portal = dirname(dirname(fileURLToPath(import.meta.url)))

async function readStart(): Promise<Buffer> {
  const parts: Buffer[] = []
  let length = 0
  // Read to its end, however long it is: a mail server that cannot write all of it counts that as a failure.
  for await (const part of process.stdin) {
    if (length < longestRead) parts.push(part)
    length += part.length
  }
  return Buffer.concat(parts).subarray(0, longestRead)
}

try {
  const raw = await readStart()
  const config = readConfig(readEnvironment(join(portal, '.env')), { dataDirDefault: join(portal, '.data') })
  const { ground, close } = await buildGround(config, {
    reactionsTo: reactionNames,
    project: projectFacts,
    keyChanged: recordKey,
    mailSent: recordMail,
    working: false,
  })
  const { result } = await acceptMail(ground, raw)
  await close()
  process.stdout.write(`${result}\n`)
} catch (error) {
  const code = (error as { code?: unknown }).code
  // What is wrong with the settings names settings; any other message may quote the mail.
  const said = error instanceof ConfigError ? error.message : error instanceof Error ? error.name : 'an error'
  process.stderr.write(`The mail could not be kept: ${said} ${code ?? ''}\n`)
  process.exitCode = 75
}
