/** The environment: read once, here and nowhere else. `.env.example` has a sentence for every variable. */
import { createPrivateKey } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { z } from 'zod'
import { rangesOverlap, readRange } from './addresses.ts'
import { keepWrappingKey } from './wrapping-key.ts'

export type Mode = 'demo' | 'development' | 'production' | 'test'

export interface Config {
  readonly mode: Mode
  /** Scheme, host and port; no slash at the end. It is the `iss` of everything the portal signs. */
  readonly origin: string
  readonly host: string
  readonly port: number
  /** Null: the embedded database in `dataDir`. */
  readonly databaseUrl: string | null
  readonly dataDir: string
  readonly wrappingKey: Buffer
  /** Newest first; they open what they wrapped, and wrap nothing new. */
  readonly oldWrappingKeys: readonly Buffer[]
  readonly allowedRanges: readonly string[]
  /** Name servers to ask; empty: the system's. */
  readonly resolvers: readonly string[]
  readonly observeHead: boolean
  readonly observeIntervalMs: number
  readonly closeAfterMs: number
  /** Null: mail goes to the mailbox table. */
  readonly smtpUrl: string | null
  readonly mailFrom: string
  /** Where mail comes back to, each mail to a return path of its own behind a `+`. Null: to `mailFrom`, and no fate is known. */
  readonly mailReturn: string | null
  /** A Maildir where mail that came back waits to be read, or null. */
  readonly mailIncoming: string | null
  /** What outgoing mail is signed with, or null. */
  readonly dkim: { readonly domain: string; readonly selector: string; readonly privateKey: string } | null
  readonly sessionDays: number
  readonly trustProxy: boolean
  readonly workerInside: boolean
  /** Where what is measured can be read, on a port of its own; null: nowhere. */
  readonly metrics: { readonly host: string; readonly port: number } | null
  /** Where spans are sent (OTLP over HTTP); null: nowhere. */
  readonly traces: string | null
  readonly logLevel: LogLevel
  readonly networkWaitMs: number
  /** Where the list of registries is read (RFC 9224); null: no registry is ever asked. */
  readonly rdapBootstrap: string | null
  /** How old a claim is before its company is admitted without the desk. */
  readonly admissionWaitMs: number
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'
export type Environment = Readonly<Record<string, string | undefined>>

export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(
      `Noticeline does not start: ${problems.length} ${problems.length === 1 ? 'thing' : 'things'} to put right in the environment.\n` +
        `${problems.map((problem) => `  - ${problem}`).join('\n')}\nEvery variable is described in portal/.env.example.`,
    )
    this.problems = problems
  }
}

/** What the process was given, over what stands in the file, where there is one. */
export function readEnvironment(file?: string): Environment {
  const written = file && existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {}
  return { ...written, ...process.env }
}

const switchedOn = z
  .enum(['yes', 'no'], { error: 'is neither yes nor no; write one of them.' })
  .transform((answer) => answer === 'yes')
  .optional()
const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, { error: `is not a whole number; write one from ${least} to ${most}.` })
    .transform(Number)
    .refine((number) => number >= least && number <= most, { error: `must lie between ${least} and ${most}.` })
    .optional()
const duration = z
  .string()
  .transform((text, context) => {
    const ms = durationMs(text)
    if (ms !== null && ms > 0) return ms
    context.addIssue({ code: 'custom', message: 'is no duration; write ISO 8601, such as PT1H or P14D.' })
    return z.NEVER
  })
  .optional()
const oneOf = <const T extends readonly [string, ...string[]]>(words: T) =>
  z.enum(words, { error: `must be one of ${words.join(', ')}.` }).optional()
const key = z
  .string()
  .regex(/^[\w-]{43}$/, {
    error: 'must be 32 random bytes in base64url: make one with `openssl rand 32 | basenc --base64url | tr -d =`.',
  })
  .transform((text) => Buffer.from(text, 'base64url'))

const variables = z.object({
  NOTICELINE_MODE: oneOf(['demo', 'development', 'production', 'test']),
  NOTICELINE_ORIGIN: z
    .string()
    .refine(isOrigin, {
      error: 'must be scheme, host and port alone, such as https://noticeline.example; no path, no slash at the end.',
    })
    .optional(),
  NOTICELINE_HOST: z.string().min(1).optional(),
  NOTICELINE_PORT: wholeNumber(0, 65535),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, { error: 'must begin with postgres://; leave it out for the embedded database.' })
    .optional(),
  NOTICELINE_EMBEDDED: switchedOn,
  NOTICELINE_DATA_DIR: z.string().optional(),
  NOTICELINE_WRAPPING_KEY: key.optional(),
  NOTICELINE_WRAPPING_KEY_OLD: list(key),
  NOTICELINE_ALLOWED_RANGES: list(
    z.string().refine((text) => readRange(text) !== null, {
      error:
        'must hold ranges such as 198.51.100.0/24 or 2001:db8::/32, separated by commas, with no bit set behind the length.',
    }),
  ),
  NOTICELINE_RESOLVERS: list(
    z.string().regex(/^(\d{1,3}(\.\d{1,3}){3}(:\d{1,5})?|\[[0-9a-fA-F:]+\](:\d{1,5})?)$/, {
      error: 'must hold addresses such as 192.0.2.53 or [2001:db8::53]:5353, separated by commas.',
    }),
  ),
  NOTICELINE_OBSERVE_HEAD: switchedOn,
  NOTICELINE_OBSERVE_INTERVAL: duration,
  NOTICELINE_CLOSE_AFTER: duration,
  NOTICELINE_NETWORK_WAIT: duration,
  NOTICELINE_RDAP_BOOTSTRAP: z
    .string()
    .regex(/^(https?:\/\/[^\s?#]+\/|none)$/, {
      error: 'must be an address that ends in a slash, such as https://data.iana.org/rdap/, or the word none.',
    })
    .optional(),
  NOTICELINE_ADMISSION_WAIT: duration,
  NOTICELINE_SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\/[^/\s]+/, { error: 'must begin with smtp:// or smtps:// and name a mail server.' })
    .optional(),
  NOTICELINE_MAIL_FROM: z
    .string()
    .regex(/^[^\r\n<>]*<?[^\s<>@]+@[^\s<>@]+>?$/, {
      error: 'must be an address, such as Noticeline <desk@noticeline.example>.',
    })
    .optional(),
  NOTICELINE_MAIL_RETURN: z
    .string()
    .regex(/^[\w.-]{1,8}@[\w.-]{1,190}$/, {
      error: 'must be an address of at most 8 characters before the @, such as bounce@noticeline.example.',
    })
    .optional(),
  NOTICELINE_MAIL_INCOMING: z.string().optional(),
  NOTICELINE_DKIM_KEY: z.string().optional(),
  NOTICELINE_DKIM_SELECTOR: z
    .string()
    .regex(/^[A-Za-z0-9]([\w-]{0,61}[A-Za-z0-9])?$/, { error: 'must be one label, such as noticeline2026.' })
    .optional(),
  NOTICELINE_SESSION_DAYS: wholeNumber(1, 90),
  NOTICELINE_TRUST_PROXY: switchedOn,
  NOTICELINE_WORKER: oneOf(['inside', 'apart']),
  NOTICELINE_METRICS_PORT: wholeNumber(0, 65535),
  NOTICELINE_METRICS_HOST: z.string().min(1).optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .string()
    .regex(/^https?:\/\/[^\s?#@]+$/, {
      error:
        'must be where a collector takes OTLP over HTTP, such as http://127.0.0.1:4318; no name, no question mark.',
    })
    .optional(),
  NOTICELINE_LOG_LEVEL: oneOf(['debug', 'info', 'warn', 'error', 'silent']),
})

/** Every variable there is. A test holds `.env.example` to this list. */
export const variableNames: readonly string[] = Object.keys(variables.shape)

/** Throws one ConfigError with every problem in it. Outside production a missing wrapping key is made and kept in the data directory. */
export function readConfig(environment: Environment, options: { dataDirDefault: string }): Config {
  // `NAME=` is how a file says "not set".
  const given = Object.fromEntries(variableNames.map((name) => [name, environment[name]?.trim() || undefined]))
  const unknown = Object.keys(environment).filter(
    (name) => name.startsWith('NOTICELINE_') && !variableNames.includes(name),
  )
  const problems = unknown.map((name) => `${name} is no variable of ours; look for a slip of the pen, or remove it.`)
  const first = variables.safeParse(given)
  const said = first.success ? [] : first.error.issues.map(({ path, message }) => ({ name: String(path[0]), message }))
  for (const { name, message } of said) problems.push(`${name} ${message}`)
  // What is badly written reads as not given, so that what else is wrong is said in the same breath.
  const read = variables.parse({ ...given, ...Object.fromEntries(said.map(({ name }) => [name, undefined])) })
  const wrong = (name: string) => said.some((issue) => issue.name === name)
  const mode = read.NOTICELINE_MODE ?? 'demo'
  const host = read.NOTICELINE_HOST ?? '127.0.0.1'
  const port = read.NOTICELINE_PORT ?? 4680
  const dataDir = resolve(read.NOTICELINE_DATA_DIR ?? options.dataDirDefault)
  const loopback = mode !== 'production'
  const allowedRanges = read.NOTICELINE_ALLOWED_RANGES ?? (loopback ? ['127.0.0.0/8'] : [])
  if (mode === 'production' && !wrong('NOTICELINE_MODE'))
    problems.push(
      ...missingInProduction(read, allowedRanges, dataDir).filter((said) => !wrong(said.split(' ')[0] ?? '')),
    )
  if (mode === 'demo' && !['127.0.0.1', '::1', 'localhost'].includes(host))
    problems.push(
      'NOTICELINE_HOST must be a loopback address in the demo, which prints how to sign in; set NOTICELINE_MODE for anything else.',
    )
  const mailFrom = read.NOTICELINE_MAIL_FROM ?? 'Noticeline <desk@noticeline.example>'
  const dkim = wrong('NOTICELINE_DKIM_SELECTOR') ? null : readDkim(read, mailFrom, problems)
  if (problems.length > 0) throw new ConfigError([...new Set(problems)])

  return Object.freeze({
    mode,
    origin: read.NOTICELINE_ORIGIN ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    host,
    port,
    databaseUrl: read.DATABASE_URL ?? null,
    dataDir,
    wrappingKey: read.NOTICELINE_WRAPPING_KEY ?? keepWrappingKey(dataDir),
    oldWrappingKeys: read.NOTICELINE_WRAPPING_KEY_OLD ?? [],
    allowedRanges,
    resolvers: read.NOTICELINE_RESOLVERS ?? [],
    observeHead: read.NOTICELINE_OBSERVE_HEAD ?? loopback,
    observeIntervalMs: read.NOTICELINE_OBSERVE_INTERVAL ?? (mode === 'demo' ? 2_000 : 3_600_000),
    closeAfterMs: read.NOTICELINE_CLOSE_AFTER ?? (mode === 'demo' ? 3_600_000 : 14 * 86_400_000),
    smtpUrl: read.NOTICELINE_SMTP_URL ?? null,
    mailFrom,
    mailReturn: read.NOTICELINE_MAIL_RETURN ?? null,
    mailIncoming: read.NOTICELINE_MAIL_INCOMING === undefined ? null : resolve(read.NOTICELINE_MAIL_INCOMING),
    dkim,
    sessionDays: read.NOTICELINE_SESSION_DAYS ?? 7,
    trustProxy: read.NOTICELINE_TRUST_PROXY ?? false,
    workerInside: (read.NOTICELINE_WORKER ?? 'inside') === 'inside',
    metrics:
      read.NOTICELINE_METRICS_PORT === undefined
        ? null
        : { host: read.NOTICELINE_METRICS_HOST ?? '127.0.0.1', port: read.NOTICELINE_METRICS_PORT },
    traces: read.OTEL_EXPORTER_OTLP_ENDPOINT ?? null,
    logLevel: read.NOTICELINE_LOG_LEVEL ?? (mode === 'test' ? 'silent' : 'info'),
    networkWaitMs: read.NOTICELINE_NETWORK_WAIT ?? 7 * 86_400_000,
    rdapBootstrap: registriesOf(read.NOTICELINE_RDAP_BOOTSTRAP, mode),
    admissionWaitMs: read.NOTICELINE_ADMISSION_WAIT ?? 7 * 86_400_000,
  })
}

/** Invented notices would be mailed to real companies: outside production nobody is asked unless configuration says so. */
function registriesOf(given: string | undefined, mode: Mode): string | null {
  if (given === 'none') return null
  return given ?? (mode === 'production' ? 'https://data.iana.org/rdap/' : null)
}

/** The key is read once, so that a file that is gone later stops no mail. */
function readDkim(read: z.output<typeof variables>, mailFrom: string, problems: string[]): Config['dkim'] {
  const { NOTICELINE_DKIM_KEY: file, NOTICELINE_DKIM_SELECTOR: selector } = read
  if (file === undefined && selector === undefined) return null
  if (file === undefined || selector === undefined) {
    problems.push('NOTICELINE_DKIM_KEY and NOTICELINE_DKIM_SELECTOR go together; give both or neither.')
    return null
  }
  const domain = mailFrom.slice(mailFrom.lastIndexOf('@') + 1).replace(/>$/, '')
  try {
    const key = createPrivateKey(readFileSync(file))
    if (key.asymmetricKeyType !== 'rsa' && key.asymmetricKeyType !== 'ed25519') throw new Error('another type')
    return { domain, selector, privateKey: key.export({ type: 'pkcs8', format: 'pem' }).toString() }
  } catch {
    problems.push('NOTICELINE_DKIM_KEY must name a readable file with a private key in PEM, RSA or Ed25519.')
    return null
  }
}

function missingInProduction(
  read: z.output<typeof variables>,
  allowedRanges: readonly string[],
  dataDir: string,
): string[] {
  const problems: string[] = []
  if (!read.NOTICELINE_ORIGIN?.startsWith('https://'))
    problems.push('NOTICELINE_ORIGIN must be the https address people and programs use; set it to yours.')
  if (!read.NOTICELINE_WRAPPING_KEY)
    problems.push(
      'NOTICELINE_WRAPPING_KEY is missing. Make one with `openssl rand 32 | basenc --base64url | tr -d =` and keep it where the backups of the database are not.',
    )
  if (!read.DATABASE_URL && !read.NOTICELINE_EMBEDDED)
    problems.push('DATABASE_URL is missing. Name a PostgreSQL of version 15 or newer, or say NOTICELINE_EMBEDDED=yes.')
  if (!read.NOTICELINE_SMTP_URL)
    problems.push('NOTICELINE_SMTP_URL is missing: nobody could sign in. Name your mail server.')
  if (!read.NOTICELINE_MAIL_FROM)
    problems.push('NOTICELINE_MAIL_FROM is missing. Name the address that mail comes from.')
  if (read.NOTICELINE_RESOLVERS && new Set(read.NOTICELINE_RESOLVERS).size < 2)
    problems.push(
      'NOTICELINE_RESOLVERS must name at least two name servers: the proof of a name counts only where two agree. Name another one, or none: then such claims wait.',
    )
  for (const range of allowedRanges) {
    if (neverAllowed.some((never) => overlap(never, range)))
      problems.push(
        'NOTICELINE_ALLOWED_RANGES opens this machine or its cloud (loopback, unspecified, link-local). Remove that range.',
      )
  }
  if (!read.DATABASE_URL && existsSync(join(dataDir, 'demo.json')))
    problems.push('NOTICELINE_DATA_DIR holds a demo with its invented people. Name an empty directory.')
  return [...new Set(problems)]
}

const neverAllowed = ['127.0.0.0/8', '0.0.0.0/8', '169.254.0.0/16', '::/96', '::ffff:127.0.0.0/104', 'fe80::/10']

function overlap(one: string, other: string): boolean {
  const [first, second] = [readRange(one), readRange(other)]
  return first !== null && second !== null && rangesOverlap(first, second)
}

function list<Output>(entry: z.ZodType<Output, string>) {
  return z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .pipe(z.array(entry))
    .optional()
}

function isOrigin(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null
  return url !== null && ['http:', 'https:'].includes(url.protocol) && url.origin === text
}

/** Milliseconds of an ISO 8601 duration in weeks, days, hours, minutes and seconds; null when it is none. */
function durationMs(text: string): number | null {
  const parts =
    /^P(?:(\d{1,3})W)?(?:(\d{1,4})D)?(?:T(?=\d)(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7}(?:\.\d{1,3})?)S)?)?$/.exec(
      text,
    )
  if (!parts || text === 'P') return null
  const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = parts.slice(1).map((part) => Number(part ?? 0))
  return Math.round(((((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000)
}
