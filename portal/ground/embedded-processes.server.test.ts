import { spawn } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findProcess, withLock } from './embedded-processes.server.ts'

let folder: string
let lock: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'noticeline-lock-'))
  lock = join(folder, 'lock')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('a process is found while it runs, by its own number only', async () => {
  expect(await findProcess(process.pid)).toMatchObject({ pid: process.pid })
  for (const pid of [0, -1, 1.5, Number.NaN, 4_190_001]) expect(await findProcess(pid)).toBeNull()
})

test('what is left of a process that ended is no process', async () => {
  // The shell's child ends at once, and what the shell becomes never asks about it.
  const parent = spawn('sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 30'])
  try {
    const pid = await new Promise<number>((resolve) => parent.stdout.once('data', (line) => resolve(Number(line))))
    expect(await findProcess(pid)).not.toBeNull()
    await wait(400)
    expect(process.kill(pid, 0)).toBe(true)
    expect(await findProcess(pid)).toBeNull()
  } finally {
    parent.kill('SIGKILL')
  }
})

test('a lock is held by one at a time, and given back when its work fails', async () => {
  const held = withLock(lock, () => wait(200, 'done'))
  await wait(50)
  expect(await withLock(lock, async () => 'done')).toBe('held-by-another')
  expect(await held).toBe('done')
  const failing = withLock(lock, async () => {
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  expect(await withLock(lock, async () => 'done')).toBe('done')
  expect(await readdir(folder)).toEqual([])
})

test('of many who find a dead holder at once, one at a time gets the lock', async () => {
  // Our own number, but another start: the number was given out again.
  await writeFile(lock, `${process.pid} 1\n`)
  let inside = 0
  let most = 0
  let got = 0
  const take = () =>
    withLock(lock, async () => {
      inside += 1
      most = Math.max(most, inside)
      await wait(20)
      inside -= 1
      got += 1
    })
  for (let round = 0; round < 5; round += 1) await Promise.all(Array.from({ length: 20 }, take))
  expect(most).toBe(1)
  expect(got).toBeGreaterThan(0)
})
