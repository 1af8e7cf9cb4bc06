import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { codeOf } from '../inbox/file-lock.ts'
import {
  checkPublicJwk,
  jsonMediaType,
  type MessageReading,
  openBody,
  type RefusalCode,
  readMessage,
  readPushBody,
  type TokenRefusal,
  thumbprint,
  tokenMediaType,
  type VerifiedToken,
  verifyToken,
} from '../protocol.ts'
import { toStored } from '../receiver/stored.ts'
import { command, type Given } from './command.ts'
import { misused } from './complaint.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { keysOption, ownKeys } from './own-keys.ts'
import { issuerOption, jwksOption, publishedKeys } from './published-keys.ts'
import { rules } from './rules.ts'
import type { Shell } from './shell.ts'

const options = {
  issuer: issuerOption,
  jwks: jwksOption,
  audience: {
    type: 'text',
    value: 'URN',
    env: 'NOTICELINE_AUDIENCE',
    summary: 'Who you are to the portal. Left out: whoever the token is for, which is told.',
  },
  keys: keysOption,
  at: { type: 'text', value: 'INSTANT', summary: 'Check as of this time, as in 2026-11-21T08:55:12.000Z.' },
  'media-type': {
    type: 'text',
    value: 'TYPE',
    summary:
      'The Content-Type it came with; then every byte counts. Left out: JSON where it begins with a brace, white space around it dropped.',
  },
} as const

/** `verify`: whether a receiver would take a token, and if not why. */
export const verifyCommand = command({
  name: 'verify',
  summary: 'Check a signed token and say why not',
  details: [
    'Checks what a receiver checks, in the same order: envelope, grammar, header, key, signature, claims, message. Of a token that is refused nothing is printed: what it says about itself was not verified.',
    'With --keys an envelope is opened, and a plain token is refused as the receiver would; without it a plain token is taken. Ends with 1 where the token is refused.',
  ],
  arguments: [
    {
      name: 'token',
      summary: 'The token or envelope, a file with it (or with the whole body of a push), or - for standard input.',
      optional: true,
      file: true,
    },
  ],
  options,
  examples: [
    [
      'noticeline verify token.txt --issuer https://portal.example --keys ./noticeline/keys.json',
      'as your receiver would',
    ],
    ['pbpaste | noticeline verify --jwks jwks.json', 'offline, from standard input'],
  ],
  run: verify,
})

type Outcome =
  | { readonly token: VerifiedToken; readonly reading: MessageReading }
  | { readonly refusal: Pick<TokenRefusal, 'code' | 'err' | 'description'>; readonly pointer?: string | undefined }

async function verify(given: Given<typeof options>, shell: Shell): Promise<ExitCode | undefined> {
  const whole = await bodyOf(given.arguments[0], shell)
  // Files and pipes end in a line feed that nobody sent; who says how it came wants it as it came.
  const body = given.options['media-type'] === undefined ? whole.trim() : whole
  const outcome = await checked(body, given.options, shell)
  if ('refusal' in outcome) {
    const { code, err, description } = outcome.refusal
    const rule = rules[code as RefusalCode]
    shell.print({
      text: [`refused: ${code} (answered as ${err})`, `  why   ${description}`, `  rule  ${rule}`].join('\n'),
      json: { accepted: false, code, err, description, rule },
    })
    return exitCodes.refused[0]
  }
  shell.print(said(outcome.token, outcome.reading, given.options.audience, shell))
  return undefined
}

async function checked(body: string, given: Given<typeof options>['options'], shell: Shell): Promise<Outcome> {
  const mediaType = given['media-type'] ?? (body.startsWith('{') ? jsonMediaType : tokenMediaType)
  const push = readPushBody(mediaType, body)
  if (!push.read) return push
  const sealing = given.keys === undefined ? [] : (await ownKeys(shell, given.keys)).sealing
  const opened = await openBody(push.body, { sealingKeys: sealing })
  if (!opened.opened) return opened
  const claims = claimsOf(opened.raw)
  const verified = await verifyToken(opened.raw, {
    // Asked for only when there is something to check with them.
    key: async (kid) => (await keysByThumbprint(await publishedKeys(shell, given))).get(kid) ?? null,
    // Without one given, these two are what the token says, and are told as such.
    issuer: given.issuer ?? String(claims['iss']),
    audience: given.audience ?? String(claims['aud']),
    now: instantOf(given.at, shell),
    jti: push.jti,
  })
  if (!verified.accepted) return verified
  const reading = readMessage(verified.token)
  if (reading.read === 'refused' || reading.read === 'quarantine') return { refusal: reading.refusal }
  return { token: verified.token, reading }
}

async function keysByThumbprint(published: readonly unknown[]): Promise<Map<string, JsonWebKey>> {
  const known = new Map<string, JsonWebKey>()
  for (const entry of published) {
    const key = checkPublicJwk(entry, 'sig')
    if (key.ok) known.set(await thumbprint(key.jwk), key.jwk)
  }
  return known
}

function said(token: VerifiedToken, reading: MessageReading, audience: string | undefined, shell: Shell) {
  const { iss, aud, jti, iat } = token.claims
  const { type, txn, seq, items, setSha256 } = toStored(token, reading, '')
  const issued = new Date(iat * 1000).toISOString()
  const message = shell.reveal && reading.read === 'message' ? reading.message : undefined
  const rows: [string, string | undefined][] = [
    ['type', reading.read === 'unknown' ? `${type} (not known to this release)` : type],
    ['issuer', iss],
    ['audience', audience === undefined ? `${aud} (as it says; give --audience to check)` : aud],
    ['jti', jti],
    ['notice', txn === null ? undefined : `${txn}${seq === null ? '' : `, revision ${seq}`}`],
    ['items', items.length === 0 ? undefined : items.join(' ')],
    ['issued', issued],
    ['key', token.header.kid],
    ['digest', setSha256],
    ['message', message === undefined ? undefined : JSON.stringify(message, null, 2)],
  ]
  const text = rows.flatMap(([name, value]) => (value === undefined ? [] : [`  ${name.padEnd(9)} ${value}`]))
  return {
    text: ['accepted', ...text].join('\n'),
    json: {
      ...{ accepted: true, type, iss, aud, jti, txn, seq, items, issued, kid: token.header.kid, set_sha256: setSha256 },
      ...(message === undefined ? {} : { message }),
    },
  }
}

async function bodyOf(argument: string | undefined, shell: Shell): Promise<string> {
  if (argument === undefined || argument === '-') {
    if (argument === undefined && shell.interactive) {
      throw misused('argument_missing', 'There is no token to check.', 'Give the token, a file with it, or -.')
    }
    return shell.input()
  }
  if (/^[\w-]+\.[\w.-]+$/.test(argument) && argument.length > 100) return argument
  try {
    return await readFile(resolve(shell.cwd, argument), 'utf8')
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOENT' || code === 'ENAMETOOLONG') return argument
    throw error
  }
}

function claimsOf(raw: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(raw.split('.')[1] ?? '', 'base64url').toString('utf8')) ?? {}
  } catch {
    return {}
  }
}

function instantOf(at: string | undefined, shell: Shell): Date {
  if (at === undefined) return shell.now()
  const instant = new Date(at)
  if (!Number.isNaN(instant.getTime())) return instant
  throw misused('instant_wrong', '--at is no instant.', 'Give one like 2026-11-21T08:55:12.000Z.')
}
