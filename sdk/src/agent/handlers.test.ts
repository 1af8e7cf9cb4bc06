import { execFile, execFileSync } from 'node:child_process'
import { link, mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { packageFile } from '../cli/shipped.ts'
import { exampleRequest } from './example-request.ts'
import { partsOf } from './parts-of-address.ts'

// Each line starts processes, and the machine may be busy.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 60_000 })

const handlers = [
  { file: 'takedown.php', needs: 'php-cli', with: ['php', '-r', 'exit(0);'] },
  { file: 'takedown.py', needs: 'python3', with: ['python3', '-c', ''] },
  { file: 'takedown.pl', needs: 'perl', with: ['perl', '-MJSON::PP', '-e', '1'] },
  { file: 'takedown.sh', needs: 'jq', with: ['jq', '-n', '1'] },
] as const

function isThere([program, ...rest]: readonly [string, ...string[]]): boolean {
  try {
    execFileSync(program, rest, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

let folder: string
let served: string
const host = 'cust42.tern.example'
const place = (path: string) => join(served, host, path)
const withheld = () => readdir(join(folder, 'withheld'))
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'handlers-')))
  served = join(folder, 'served')
  await mkdir(place('g'), { recursive: true })
  await mkdir(join(folder, 'withheld'))
  await writeFile(place('g/é 1.jpg'), 'bytes')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

type Act = 'take_down' | 'put_back' | 'closed'

/** Runs the handler as the agent does; answers its exit code. */
function asked(file: string, act: Act, url = `https://${host}/g/%C3%A9%201.jpg`, more: object = {}): Promise<number> {
  const request = { ...exampleRequest('take_down', 1, new Date(0)), act, url, ...partsOf(url), ...more }
  const environment = { PATH: process.env['PATH'], LANG: 'C.UTF-8', SERVED: served, WITHHELD: join(folder, 'withheld') }
  return new Promise((resolve, reject) => {
    const child = execFile(
      packageFile('agent', 'handlers', file),
      { env: environment, timeout: 200_000 },
      (error, stdout) => {
        if (stdout !== '') reject(new Error(`It printed: ${stdout}`))
        else if (error === null) resolve(0)
        else if (typeof error.code === 'number') resolve(error.code)
        else reject(error)
      },
    )
    child.stdin?.end(JSON.stringify(request))
  })
}

for (const { file, needs, with: look } of handlers) {
  const there = isThere(look)
  describe.skipIf(!there)(`${file}${there ? '' : ` (skipped: ${needs} is not installed)`}`, () => {
    test('takes a file away where it stands, once, and puts it back, once', async () => {
      const { ino } = await stat(place('g/é 1.jpg'))
      expect(await asked(file, 'take_down')).toBe(0)
      expect(await asked(file, 'take_down')).toBe(0)
      expect(await readdir(place('g'))).toEqual([])
      expect((await stat(join(folder, 'withheld', 'ntc_agentcheck.itm_agentcheck'))).ino).toBe(ino)
      expect(await asked(file, 'put_back')).toBe(0)
      expect(await asked(file, 'put_back')).toBe(0)
      expect(await readFile(place('g/é 1.jpg'), 'utf8')).toBe('bytes')
      expect(await withheld()).toEqual([])
    })

    test('says what it cannot do by its exit code, and changes nothing', async () => {
      await symlink(folder, place('out'))
      await link(place('g/é 1.jpg'), join(folder, 'secret'))
      expect(await asked(file, 'take_down', `https://${host}/none`)).toBe(10)
      expect(await asked(file, 'take_down', 'https://other.example/g/1.jpg')).toBe(11)
      expect(await asked(file, 'take_down', `https://${host}/out/secret`)).toBe(40)
      expect(await asked(file, 'take_down', `https://${host}/%2e%2e%2f%2e%2e%2fsecret`)).toBe(40)
      expect(await asked(file, 'take_down', `https://${host}/g/`)).toBe(40)
      expect(await asked(file, 'take_down', `https://${host}/g/%C3%A9%201.jpg`, { scope: 'account' })).toBe(40)
      expect(await asked(file, 'take_down', `https://${host}/g/$(touch x)';%0Atouch%20y`)).toBe(10)
      expect(await readdir(place('g'))).toEqual(['é 1.jpg'])
      expect(await withheld()).toEqual([])
      expect(await readdir(folder)).toEqual(['secret', 'served', 'withheld'])
    })

    test('does not overwrite what was put there since; after closing nothing is kept', async () => {
      expect(await asked(file, 'take_down')).toBe(0)
      await writeFile(place('g/é 1.jpg'), 'new')
      expect(await asked(file, 'put_back')).toBe(20)
      expect(await readFile(place('g/é 1.jpg'), 'utf8')).toBe('new')
      expect(await asked(file, 'closed')).toBe(0)
      expect(await asked(file, 'closed')).toBe(0)
      expect(await withheld()).toEqual([])
    })
  })
}

test('an address is taken apart so that its host names a folder and its path stays below it', () => {
  expect(partsOf('https://Cust42.Tern.EXAMPLE.:8443/a/../b%20c?q#f')).toEqual({
    host: 'cust42.tern.example',
    path: '/b c',
  })
  expect(partsOf('https://tern.example/%00')).toEqual({ host: 'tern.example', path: '/%00' })
  expect(partsOf('https://tern.example/%ff')).toEqual({ host: 'tern.example', path: '/%ff' })
  expect(partsOf('https://user@tern.example')).toEqual({ host: 'tern.example', path: '/' })
  expect(partsOf('http://[2001:db8::1]/a')).toEqual({ host: '[2001:db8::1]', path: '/a' })
  for (const url of ['https://../a', 'https://./a', 'nothing']) expect(partsOf(url)).toEqual({})
})
