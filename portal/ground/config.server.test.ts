import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseEnv, promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { ConfigError, type Environment, readConfig, readEnvironment, variableNames } from './config.server.ts'

const run = promisify(execFile)
const here = fileURLToPath(new URL('.', import.meta.url))
const directory = mkdtempSync(join(tmpdir(), 'noticeline-config-'))
afterAll(() => rmSync(directory, { recursive: true }))

const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8')
const production: Environment = {
  NOTICELINE_MODE: 'production',
  NOTICELINE_ORIGIN: 'https://noticeline.example',
  NOTICELINE_WRAPPING_KEY: randomBytes(32).toString('base64url'),
  DATABASE_URL: 'postgres://noticeline@db.example/noticeline',
  NOTICELINE_SMTP_URL: 'smtps://desk:secret@mail.example:465',
  NOTICELINE_MAIL_FROM: 'Noticeline <desk@noticeline.example>',
}

function read(environment: Environment, dataDirDefault = directory) {
  return readConfig(environment, { dataDirDefault })
}

function problemsOf(environment: Environment, dataDirDefault = directory): readonly string[] {
  try {
    read(environment, dataDirDefault)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

describe('.env.example', () => {
  test('has every variable, and no other', () => {
    expect(Object.keys(parseEnv(example)).sort()).toEqual([...variableNames].sort())
  })

  test('has a sentence above every variable', () => {
    const lines = example.split('\n')
    for (const [index, line] of lines.entries()) {
      if (/^[A-Z_]+=/.test(line)) expect(lines[index - 1], line).toMatch(/^# .{20,}\.$/)
    }
  })

  test('boots as it stands, to the same configuration as none at all', () => {
    expect(read(parseEnv(example))).toEqual(read({}))
  })
})

describe('the demo', () => {
  test('needs nothing, and listens on loopback', () => {
    expect(read({})).toMatchObject({
      mode: 'demo',
      origin: 'http://127.0.0.1:4680',
      host: '127.0.0.1',
      databaseUrl: null,
      allowedRanges: ['127.0.0.0/8'],
      observeHead: true,
      observeIntervalMs: 2000,
      smtpUrl: null,
      workerInside: true,
    })
  })

  test('refuses to listen anywhere else', () => {
    expect(problemsOf({ NOTICELINE_HOST: '0.0.0.0' })[0]).toMatch(/^NOTICELINE_HOST/)
    expect(problemsOf({ NOTICELINE_HOST: '0.0.0.0', NOTICELINE_MODE: 'development' })).toEqual([])
  })

  test('names its origin after the port and an IPv6 host', () => {
    expect(read({ NOTICELINE_PORT: '5001' }).origin).toBe('http://127.0.0.1:5001')
    expect(read({ NOTICELINE_HOST: '::1' }).origin).toBe('http://[::1]:4680')
  })
})

describe('production', () => {
  test('starts with its configuration', () => {
    expect(read(production)).toMatchObject({
      mode: 'production',
      allowedRanges: [],
      observeHead: false,
      observeIntervalMs: 3_600_000,
      closeAfterMs: 14 * 86_400_000,
    })
    expect(read(production).wrappingKey.toString('base64url')).toBe(production.NOTICELINE_WRAPPING_KEY)
  })

  test('refuses to start without it, and says everything that is missing at once', () => {
    const names = problemsOf({ NOTICELINE_MODE: 'production' }).map((problem) => problem.split(' ')[0])
    expect(names).toEqual([
      'NOTICELINE_ORIGIN',
      'NOTICELINE_WRAPPING_KEY',
      'DATABASE_URL',
      'NOTICELINE_SMTP_URL',
      'NOTICELINE_MAIL_FROM',
    ])
  })

  test('says what is missing and what is badly written in one message, each once', () => {
    const problems = problemsOf({ NOTICELINE_MODE: 'production', NOTICELINE_PORT: 'many', NOTICELINE_ORIGIN: 'x' })
    expect(problems.map((problem) => problem.split(' ')[0]).sort()).toEqual([
      'DATABASE_URL',
      'NOTICELINE_MAIL_FROM',
      'NOTICELINE_ORIGIN',
      'NOTICELINE_PORT',
      'NOTICELINE_SMTP_URL',
      'NOTICELINE_WRAPPING_KEY',
    ])
  })

  test('takes the embedded database only when told so', () => {
    expect(problemsOf({ ...production, DATABASE_URL: '' })).toHaveLength(1)
    expect(read({ ...production, DATABASE_URL: '', NOTICELINE_EMBEDDED: 'yes' }).databaseUrl).toBeNull()
  })

  test('wants https', () => {
    expect(problemsOf({ ...production, NOTICELINE_ORIGIN: 'http://noticeline.example' })[0]).toMatch(/https/)
  })

  test('takes two name servers or more, or none, since a proof of a name needs two that agree', () => {
    const two = '192.0.2.53,192.0.2.54'
    expect(read({ ...production, NOTICELINE_RESOLVERS: two }).resolvers).toHaveLength(2)
    expect(read(production).resolvers).toEqual([])
    for (const one of ['192.0.2.53', '192.0.2.53,192.0.2.53'])
      expect(problemsOf({ ...production, NOTICELINE_RESOLVERS: one })).toEqual([
        expect.stringMatching(/^NOTICELINE_RESOLVERS must name at least two name servers/),
      ])
    expect(read({ NOTICELINE_MODE: 'development', NOTICELINE_RESOLVERS: '192.0.2.53' }).resolvers).toHaveLength(1)
  })

  test.each([
    '127.0.0.0/8',
    '127.0.0.1/32',
    '0.0.0.0/0',
    '126.0.0.0/7',
    '::1/128',
    '::/0',
    '::ffff:127.0.0.0/104',
    '::ffff:0:0/96',
    '169.254.169.254/32',
    'fe80::/10',
    '10.0.0.0/8,127.4.0.0/16',
  ])('refuses to open %s', (range) => {
    expect(problemsOf({ ...production, NOTICELINE_ALLOWED_RANGES: range })[0]).toMatch(/^NOTICELINE_ALLOWED_RANGES/)
  })

  test('may open a range of its own network', () => {
    const ranges = '10.20.0.0/16, fd00:1::/32'
    expect(read({ ...production, NOTICELINE_ALLOWED_RANGES: ranges }).allowedRanges).toEqual([
      '10.20.0.0/16',
      'fd00:1::/32',
    ])
  })

  test('does not start on the data of a demo', () => {
    const demo = mkdtempSync(join(directory, 'demo-'))
    writeFileSync(join(demo, 'demo.json'), '{}')
    expect(problemsOf({ ...production, DATABASE_URL: '', NOTICELINE_EMBEDDED: 'yes' }, demo)[0]).toMatch(/demo/)
  })
})

describe('a value that does not fit', () => {
  test.each([
    ['NOTICELINE_MODE', 'prod'],
    ['NOTICELINE_ORIGIN', 'https://noticeline.example/'],
    ['NOTICELINE_ORIGIN', 'noticeline.example'],
    ['NOTICELINE_ORIGIN', 'ftp://noticeline.example'],
    ['NOTICELINE_PORT', '65536'],
    ['NOTICELINE_PORT', '0x50'],
    ['DATABASE_URL', 'mysql://db.example'],
    ['NOTICELINE_EMBEDDED', 'true'],
    ['NOTICELINE_WRAPPING_KEY', 'c2hvcnQ'],
    ['NOTICELINE_WRAPPING_KEY_OLD', 'c2hvcnQ'],
    ['NOTICELINE_ALLOWED_RANGES', '10.0.0.0'],
    ['NOTICELINE_ALLOWED_RANGES', '10.0.0.1/8'],
    ['NOTICELINE_ALLOWED_RANGES', '10.0.0.0/33'],
    ['NOTICELINE_ALLOWED_RANGES', '127.1/8'],
    ['NOTICELINE_OBSERVE_HEAD', 'on'],
    ['NOTICELINE_OBSERVE_INTERVAL', '1h'],
    ['NOTICELINE_OBSERVE_INTERVAL', 'PT0S'],
    ['NOTICELINE_CLOSE_AFTER', 'P'],
    ['NOTICELINE_CLOSE_AFTER', 'PT'],
    ['NOTICELINE_NETWORK_WAIT', 'P1M'],
    ['NOTICELINE_SMTP_URL', 'mail.example'],
    ['NOTICELINE_MAIL_FROM', 'desk'],
    ['NOTICELINE_MAIL_FROM', 'Desk <desk@noticeline.example>\r\nBcc: x@y.example'],
    ['NOTICELINE_SESSION_DAYS', '0'],
    ['NOTICELINE_TRUST_PROXY', '1'],
    ['NOTICELINE_WORKER', 'outside'],
    ['NOTICELINE_RESOLVERS', 'dns.example'],
    ['NOTICELINE_LOG_LEVEL', 'trace'],
    ['NOTICELINE_ORGIN', 'https://noticeline.example'],
  ])('%s=%s is named, without being quoted', (name, value) => {
    const problems = problemsOf({ [name]: value })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(new RegExp(`^${name} .{20,}\\.$`))
    if (name.includes('KEY')) expect(problems[0]).not.toContain(value)
  })

  test.each([
    ['PT2S', 2000],
    ['PT0.5S', 500],
    ['PT1H30M', 5_400_000],
    ['P1DT1H', 90_000_000],
    ['P2W', 14 * 86_400_000],
  ])('%s is read as %d ms', (text, ms) => {
    expect(read({ NOTICELINE_OBSERVE_INTERVAL: text }).observeIntervalMs).toBe(ms)
  })
})

describe('the wrapping key outside production', () => {
  test('is made once, readable by its owner alone, and found again', () => {
    const dataDir = join(directory, 'fresh', 'data')
    const first = read({ NOTICELINE_DATA_DIR: dataDir }).wrappingKey
    expect(first).toHaveLength(32)
    expect(read({ NOTICELINE_DATA_DIR: dataDir }).wrappingKey).toEqual(first)
    expect(statSync(join(dataDir, 'wrapping-key')).mode & 0o777).toBe(0o600)
  })

  test('is the same for all of several that start at once', async () => {
    const dataDir = join(directory, 'race')
    const module = new URL('./wrapping-key.ts', import.meta.url).href
    const source = `import { keepWrappingKey } from ${JSON.stringify(module)}
      process.stdout.write(keepWrappingKey(${JSON.stringify(dataDir)}).toString('hex'))`
    const start = () => run(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', source], { cwd: here })
    const keys = (await Promise.all([start(), start(), start(), start()])).map(({ stdout }) => stdout)
    expect(keys[0]).toMatch(/^[0-9a-f]{64}$/)
    expect(new Set(keys).size).toBe(1)
  })

  test('is never made anew over a damaged one', () => {
    const dataDir = mkdtempSync(join(directory, 'damaged-'))
    writeFileSync(join(dataDir, 'wrapping-key'), 'half')
    expect(() => read({ NOTICELINE_DATA_DIR: dataDir })).toThrow(/does not hold a key/)
  })
})

test('the environment wins over the file, and a missing file is none', () => {
  const file = join(directory, '.env')
  writeFileSync(file, 'NOTICELINE_FROM_FILE=one\nPATH=two\n')
  expect(readEnvironment(file)).toMatchObject({ NOTICELINE_FROM_FILE: 'one' })
  expect(readEnvironment(file)['PATH']).not.toBe('two')
  expect(readEnvironment(join(directory, 'absent'))).not.toHaveProperty('NOTICELINE_FROM_FILE')
})
