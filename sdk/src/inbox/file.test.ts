import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { inboxConformance } from './conformance.ts'
import { exampleMessage, exampleReport } from './conformance-examples.ts'
import { fileStore } from './file.ts'

describe('the store in a folder keeps what every store promises', () => {
  const places = async () => {
    const root = await mkdtemp(join(tmpdir(), 'inbox-'))
    let lives = 1
    const folder = () => join(root, String(lives))
    return {
      store: () => fileStore(folder()),
      durable: true,
      // The files as a process killed now would leave them. What it does after that goes into files nobody looks at.
      async crash() {
        const before = folder()
        lives += 1
        await mkdir(folder())
        for (const name of ['key', 'inbox.log']) await copyFile(join(before, name), join(folder(), name))
      },
      remove: () => rm(root, { recursive: true }),
    }
  }
  for (const { name, run } of inboxConformance(places)) test(name, run)
})

describe('the store in a folder', () => {
  let folder: string
  let log: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'inbox-'))
    log = join(folder, 'inbox.log')
  })
  afterEach(() => rm(folder, { recursive: true }))

  const filled = async (...names: string[]) => {
    const store = fileStore(folder)
    await store.open()
    for (const jti of names) await store.add(exampleMessage({ jti, raw: 'secret-host.example' }), [])
    return store
  }
  const found = async () => {
    const store = fileStore(folder)
    await store.open()
    const names = (await store.messages('waiting')).map(({ jti }) => jti)
    await store.close()
    return names
  }

  test('nothing it holds can be read in its files, and nobody else may read them', async () => {
    await (await filled('one')).close()
    const names = await readdir(folder)
    expect(names.sort()).toEqual(['inbox.log', 'key', 'lock.1'])
    for (const name of ['inbox.log', 'key']) {
      const text = await readFile(join(folder, name), 'utf8')
      const decoded = text.split('\n').map((line) => Buffer.from(line, 'base64').toString('latin1'))
      for (const form of [text, ...decoded])
        expect(form).not.toMatch(/secret-host|notice\.issued|ntc_1|portal\.example/)
      expect((await stat(join(folder, name))).mode & 0o077).toBe(0)
    }
  })

  test('a last line that was cut off is left out, and writing goes on behind what is whole', async () => {
    await (await filled('one', 'two')).close()
    const whole = await readFile(log, 'utf8')
    const third = await filled('three')
    await third.close()
    const grown = await readFile(log, 'utf8')
    for (const cut of [1, 10, grown.length - whole.length - 1]) {
      await writeFile(log, grown.slice(0, grown.length - cut))
      expect(await found()).toEqual(['one', 'two'])
    }
    await (await filled('four')).close()
    expect(await found()).toEqual(['one', 'two', 'four'])
  })

  test('a last line of zeros, as a crashed file system leaves it, is left out', async () => {
    await (await filled('one')).close()
    await appendFile(log, `${'\0'.repeat(200)}\n`)
    expect(await found()).toEqual(['one'])
    await appendFile(log, '\0'.repeat(200))
    expect(await found()).toEqual(['one'])
  })

  test('a file cut off within its first line begins anew', async () => {
    await (await filled()).close()
    await writeFile(log, 'noticeline-in')
    expect(await found()).toEqual([])
    await (await filled('one')).close()
    expect(await found()).toEqual(['one'])
  })

  test('a line changed, moved or taken out of the middle is refused as damage', async () => {
    await (await filled('one', 'two', 'three')).close()
    const text = await readFile(log, 'utf8')
    const [head, one, two, three] = text.trimEnd().split('\n')
    const flipped = `${one?.slice(0, 30)}${one?.[30] === 'A' ? 'B' : 'A'}${one?.slice(31)}`
    for (const lines of [
      [head, flipped, two, three],
      [head, two, one, three],
      [head, two, three],
    ]) {
      await writeFile(log, `${lines.join('\n')}\n`)
      await expect(found()).rejects.toMatchObject({ code: 'store_damaged' })
    }
    await writeFile(log, text)
    expect(await found()).toEqual(['one', 'two', 'three'])
  })

  test('lines of an older file do not pass in a newer one', async () => {
    await (await filled('one')).close()
    const [, old] = (await readFile(log, 'utf8')).split('\n')
    await rm(log)
    await (await filled('two', 'three')).close()
    const [head, , last] = (await readFile(log, 'utf8')).split('\n')
    await writeFile(log, `${[head, old, last].join('\n')}\n`)
    await expect(found()).rejects.toMatchObject({ code: 'store_damaged' })
  })

  test('without its key, or with one that others can read, it does not open', async () => {
    await (await filled('one')).close()
    const key = await readFile(join(folder, 'key'))
    await rm(join(folder, 'key'))
    await expect(found()).rejects.toMatchObject({ code: 'store_key_missing' })
    await writeFile(join(folder, 'key'), key, { mode: 0o644 })
    await expect(found()).rejects.toMatchObject({ code: 'keys_readable_by_others' })
  })

  test('what no longer holds is thrown away in time, and everything that holds stays', async () => {
    const store = await filled('one', 'two')
    const { id } = exampleMessage({ jti: 'one' })
    for (let round = 0; round < 30; round += 1) {
      const changes = Array.from({ length: 100 }, (_, index) =>
        store.change({ messages: [{ id, patch: { attempts: round * 100 + index } }] }),
      )
      await Promise.all(changes)
    }
    await store.change({ addReports: [exampleReport({ id: 'kept' })] })
    await store.close()
    expect((await readFile(log, 'utf8')).split('\n').length).toBeLessThan(1200)
    const again = fileStore(folder)
    await again.open()
    expect((await again.find(id))?.attempts).toBe(2999)
    expect(await again.reports('waiting')).toHaveLength(1)
    expect(await again.messages('waiting')).toHaveLength(2)
    await again.close()
  })

  test('a write the disk does not take is refused, and nothing of it is there', async () => {
    const script = new URL('../testing/fill-disk.ts', import.meta.url).pathname
    const limited = spawn(
      'bash',
      ['-c', 'ulimit -f 16; exec "$0" --import tsx "$1" "$2"', process.execPath, script, folder],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    const said: Buffer[] = []
    limited.stdout.on('data', (chunk: Buffer) => said.push(chunk))
    await once(limited, 'close')
    const { taken, refused, kept } = JSON.parse(Buffer.concat(said).toString())
    expect(refused).toBe('store_failed')
    expect(taken).toBeGreaterThan(2)
    expect(kept).toBe(taken)
    expect(await found()).toHaveLength(taken)
  })

  test('a folder in use is refused, by name of the process', async () => {
    const store = await filled('one')
    await expect(fileStore(folder).open()).rejects.toMatchObject({
      code: 'store_in_use',
      message: expect.stringContaining(String(process.pid)),
    })
    await store.close()
    expect(await found()).toEqual(['one'])
  })

  test('the lock of a dead process is taken over, also where its number lives on as another process', async () => {
    await (await filled('one')).close()
    const child = spawn(process.execPath, ['-e', ''])
    await once(child, 'exit')
    const lock = { pid: child.pid, host: hostname(), started: null, at: '2026-01-01T00:00:00.000Z' }
    await writeFile(join(folder, 'lock.7'), JSON.stringify(lock))
    expect(await found()).toEqual(['one'])
    await writeFile(join(folder, 'lock.9'), JSON.stringify({ ...lock, pid: process.pid, started: 'an earlier boot 1' }))
    expect(await found()).toEqual(['one'])
    await writeFile(join(folder, 'lock.11'), JSON.stringify({ ...lock, pid: process.pid }))
    expect(await found()).toEqual(['one'])
    expect((await readdir(folder)).filter((name) => name.startsWith('lock'))).toEqual(['lock.12'])
  })

  test('what a process was writing beside its lock when it died is swept by the next', async () => {
    await (await filled('one')).close()
    const lock = JSON.stringify({ pid: 999_999_999, host: hostname(), started: null, at: '2026-01-01T00:00:00.000Z' })
    await writeFile(join(folder, 'lock.0b7e4c1d-6f2a-4a53-9c1e-2f8d3b5a7e90.new'), lock)
    await writeFile(join(folder, 'lock.new'), 'of somebody else')
    expect(await found()).toEqual(['one'])
    expect((await readdir(folder)).sort()).toEqual(['inbox.log', 'key', 'lock.2', 'lock.new'])
  })

  test('the lock of another machine is never taken over', async () => {
    const lock = { pid: 1, host: 'another-machine', started: null, at: '2026-01-01T00:00:00.000Z' }
    await writeFile(join(folder, 'lock.1'), JSON.stringify(lock))
    await expect(fileStore(folder).open()).rejects.toMatchObject({ code: 'store_in_use' })
  })

  test('of many that want a dead lock at once exactly one gets it', async () => {
    const lock = { pid: 999_999_999, host: hostname(), started: null, at: '2026-01-01T00:00:00.000Z' }
    await writeFile(join(folder, 'lock.4'), JSON.stringify(lock))
    const stores = Array.from({ length: 8 }, () => fileStore(folder))
    const opened = await Promise.allSettled(stores.map((store) => store.open()))
    expect(opened.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const [index, { status }] of opened.entries()) if (status === 'fulfilled') await stores[index]?.close()
  })
})
