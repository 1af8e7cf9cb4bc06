import { createHash } from 'node:crypto'
import { existsSync, realpathSync } from 'node:fs'
import { chmod, chown, lstat, mkdir, readFile, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

/** Whom PostgreSQL runs as, when that is not us. */
export interface ServerUser {
  readonly uid: number
  readonly gid: number
}

/** Where one embedded PostgreSQL lives. The same data folder and user always give the same place. */
export interface Place {
  readonly user: ServerUser | null
  /** Holds the data, the lock and, where needed, a copy of the binaries. */
  readonly folder: string
  readonly data: string
  readonly lock: string
  readonly log: string
  readonly socketFolder: string
}

export async function findPlace(dataDir: string): Promise<Place> {
  await mkdir(dataDir, { recursive: true })
  const own = realpathSync(resolve(dataDir))
  const user = await serverUser()
  const digest = createHash('sha256').update(own).digest('hex').slice(0, 12)
  // A home or a `mktemp -d` is closed to everybody else, and PostgreSQL would not reach its own data inside.
  const folder = user && !(await readableBy(user, own)) ? `/var/lib/noticeline-${digest}` : own
  await mkdir(folder, { recursive: true })
  // Whatever the umask says: the data inside has a mode of its own.
  if (folder !== own) await chmod(folder, 0o755)
  return {
    user,
    folder,
    data: join(folder, 'pg18'),
    lock: join(folder, 'pg18.lock'),
    log: join(folder, 'pg18.log'),
    // A socket's path holds 107 characters at most, and data folders lie deep.
    socketFolder: join(tmpdir(), `noticeline-${user?.uid ?? process.getuid?.() ?? 'own'}-${digest}`),
  }
}

/** PostgreSQL refuses to run as root; `nobody` is the one other user every system has. */
async function serverUser(): Promise<ServerUser | null> {
  if (process.getuid?.() !== 0) return null
  const accounts = await readFile('/etc/passwd', 'utf8').catch(() => '')
  const nobody = accounts.split('\n').find((line) => line.startsWith('nobody:'))
  const [, , uid, gid] = nobody?.split(':') ?? []
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : { uid: 65534, gid: 65534 }
}

/** Whether the user gets to the path: every folder above it may be entered, and the thing itself be read. */
export async function readableBy(user: ServerUser, path: string): Promise<boolean> {
  const file = await stat(path)
  if (!permits(user, file, file.isDirectory() ? 0o5 : 0o4)) return false
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (!permits(user, await stat(folder), 0o1)) return false
    if (folder === dirname(folder)) return true
  }
}

function permits(user: ServerUser, file: { mode: number; uid: number; gid: number }, wanted: number): boolean {
  const shift = file.uid === user.uid ? 6 : file.gid === user.gid ? 3 : 0
  return ((file.mode >> shift) & wanted) === wanted
}

/** A folder that only the server's user may enter. */
export async function makePrivate(path: string, user: ServerUser | null): Promise<void> {
  await mkdir(path, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  const found = await lstat(path)
  const wanted = user?.uid ?? process.getuid?.() ?? found.uid
  // The temporary folder is open to all: somebody else may have made this name first, to listen in our place.
  if (!found.isDirectory() || (found.uid !== wanted && found.uid !== process.getuid?.())) {
    throw new Error(`${path} belongs to another user. Remove it, or set TMPDIR to a folder of your own.`)
  }
  await chmod(path, 0o700)
  if (user && found.uid !== user.uid) await chown(path, user.uid, user.gid)
}

export function hasData(place: Place): boolean {
  return existsSync(join(place.data, 'PG_VERSION'))
}
