/** The database's disk runs full under load, and is cleared again. */
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { World } from './world.ts'

/** So many times: nothing can be written for two seconds, then everything goes on. */
export async function fillDisk(world: World, times: number): Promise<void> {
  const ballast = join(world.server.disk, 'ballast')
  for (let time = 0; time < times; time += 1) {
    await wait(world.chance.between(500, 1500))
    fill(ballast)
    await wait(2000)
    rmSync(ballast, { force: true })
    // Without room for its journal the server ends itself, and is started by whoever looks after it.
    await world.recover()
  }
}

function fill(path: string): void {
  const file = openSync(path, 'a')
  try {
    for (let size = 1 << 20; size >= 4096; ) {
      try {
        writeSync(file, Buffer.alloc(size))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
        size /= 2
      }
    }
  } finally {
    closeSync(file)
  }
}
