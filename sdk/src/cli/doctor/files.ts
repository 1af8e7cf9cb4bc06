import { randomUUID } from 'node:crypto'
import { open, rm, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { Contents } from '../../inbox/contents.ts'
import { codeOf } from '../../inbox/file-lock.ts'
import { loadKeys } from '../../inbox/own-keys-file.ts'
import { readFileStore } from '../../inbox/read-file-store.ts'
import type { OwnKeys } from '../../receiver/own-keys.ts'
import { Refusal } from '../../refusals.ts'
import { saidOf } from '../complaint.ts'
import { type Finding, findings } from './finding.ts'

const mebibyte = 1024 * 1024

export interface Disk {
  readonly free: number
  readonly files: number | null
  readonly type: number
  /** How long a write took until it was on the disk. */
  readonly milliseconds: number
}

/** Whether what is promised with 202 can be kept there. */
export function judgeDisk({ free, files, type, milliseconds }: Disk): Finding {
  const say = findings('disk')
  const room = `${Math.floor(free / mebibyte)} MiB free`
  if (free < 50 * mebibyte) return say.fail(`${room}: notices will be refused when it is full.`, 'Make room.')
  if (files !== null && files < 1000)
    return say.fail(`Room for ${files} files only.`, 'Delete files, or enlarge the file system.')
  if (type === 0x01021994 || type === 0x858458f6) {
    return say.fail('It is a memory file system: everything is gone at the next start.', 'Put the folder on a disk.')
  }
  if (type === 0x6969 || type === 0xff534d42 || type === 0xfe534d42) {
    return say.warn(
      'It is a network file system: its locks and syncs may not hold.',
      'Put the folder on a disk of this machine.',
    )
  }
  if (free < 500 * mebibyte) return say.warn(`${room}.`, 'Make room, or watch it.')
  if (milliseconds > 250)
    return say.warn(`A synced write took ${milliseconds} ms.`, 'Each notice waits for one: take a quicker disk.')
  return say.ok(`${room}, a synced write takes ${milliseconds} ms`)
}

/** Writes, syncs and removes a file in the folder: what every 202 rests on. */
export async function checkDisk(folder: string): Promise<Finding> {
  const say = findings('disk')
  const path = join(folder, `doctor.${randomUUID()}`)
  try {
    const { bavail, bsize, ffree, type, files } = await statfs(folder)
    const before = performance.now()
    const file = await open(path, 'wx', 0o600)
    try {
      await file.writeFile('noticeline doctor\n')
      await file.datasync()
    } finally {
      await file.close()
      await rm(path, { force: true })
    }
    const milliseconds = Math.round(performance.now() - before)
    return judgeDisk({ free: bavail * bsize, files: files === 0 ? null : ffree, type, milliseconds })
  } catch (error) {
    const code = codeOf(error) ?? 'unknown'
    const words: Record<string, readonly [string, string]> = {
      ENOENT: ['The folder is not there.', 'It is made when the receiver first starts; or give --store.'],
      ENOTDIR: ['A file stands where the folder is to be.', 'Give another --store.'],
      EACCES: ['This user may not write there.', 'Run this as the user of the receiver; chown the folder to it.'],
      EROFS: ['The file system is mounted read-only.', 'Mount it for writing (in systemd: ReadWritePaths=).'],
      ENOSPC: ['The disk is full.', 'Make room.'],
      EDQUOT: ['The quota is used up.', 'Raise it.'],
    }
    const [says, next] = words[code] ?? [`A synced write fails (${code}).`, 'Look at the disk: dmesg.']
    return code === 'ENOENT' ? say.warn(says, next) : say.fail(says, next)
  }
}

/** The folder is its owner's alone, opens with its key, and nothing in it waits for a person. */
export async function checkStore(folder: string): Promise<{ finding: Finding; contents: Contents | null }> {
  const say = findings('store')
  const failed = (finding: Finding) => ({ finding, contents: null })
  const found = await stat(folder).catch(() => null)
  if (found === null) return failed(say.skip('There is no store yet.', 'It is made when the receiver first starts.'))
  if (process.platform !== 'win32' && (found.mode & 0o077) !== 0) {
    return failed(say.fail('Others on this machine can look into the folder.', 'chmod 700 the folder.'))
  }
  if (process.getuid !== undefined && found.uid !== process.getuid() && process.getuid() !== 0) {
    return failed(say.fail('The folder belongs to another user.', 'Run this as that user, or chown the folder.'))
  }
  try {
    const contents = await readFileStore(folder)
    const { messages, reports } = contents.counts()
    const dead = messages.dead + messages.quarantined + reports.dead
    const waiting = messages.waiting + reports.waiting
    if (dead > 0) {
      const next = 'noticeline inbox list --dead, noticeline outbox list --dead'
      return { finding: say.warn(`${dead} dead letters wait for a person.`, next), contents }
    }
    return { finding: say.ok(`opens with its key; ${waiting} waiting, none dead`), contents }
  } catch (error) {
    const { message, next } = saidOf(error, false)
    return failed(say.fail(message, next))
  }
}

/** The own keys are there, nobody else can read them, and they are what a receiver needs. */
export async function checkOwnKeys(
  path: string,
  options: { passphrase?: string },
): Promise<{ finding: Finding; keys: OwnKeys | null }> {
  const say = findings('keys')
  try {
    const keys = await loadKeys(path, options)
    if (keys === null) return { finding: say.fail('There are no keys at that path.', 'noticeline keygen'), keys }
    const [first] = keys.signing
    if (keys.sealing.length === 0) {
      const says = 'There is no sealing key: notices come readable for whoever sees the traffic inside TLS.'
      return { finding: say.warn(says, 'noticeline keygen --rotate, and register the new keys.'), keys }
    }
    return { finding: say.ok(`private; signs with ${first?.kid ?? ''}`), keys }
  } catch (error) {
    if (!Refusal.is(error) && codeOf(error) === undefined) throw error
    const { message, next } = saidOf(error, false)
    return { finding: say.fail(message, next), keys: null }
  }
}
