import { createHash } from 'node:crypto'
import { mkdir, open, readdir, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Mail, Vault, WaitingMail } from './ground.ts'
import { longestRead, readMail } from './mail-reading.ts'
import { findOurs } from './mail-return.ts'

/** What a mail server delivers into a Maildir for us, and what it means. Without a folder nothing ever waits. */
export function returnedMail(
  vault: Pick<Vault, 'mac'>,
  folder: string | null,
): Pick<Mail, 'read' | 'waiting' | 'settle'> {
  return {
    async read(raw) {
      const mail = await readMail(raw)
      const ours = findOurs(vault, [...mail.deliveredTo, ...mail.about])
      return { ...mail, ours, digest: createHash('sha256').update(raw.subarray(0, longestRead)).digest() }
    },
    waiting: async (limit) => (folder === null ? [] : readNew(folder, limit)),
    async settle(name) {
      if (folder === null) return
      await mkdir(join(folder, 'cur'), { recursive: true })
      // "Seen" (S), as a mail reader would mark it.
      await rename(join(folder, 'new', name), join(folder, 'cur', `${name}:2,S`))
    },
  }
}

async function readNew(folder: string, limit: number): Promise<WaitingMail[]> {
  const names = (await readdir(join(folder, 'new')).catch(() => [])).filter((name) => !name.startsWith('.')).sort()
  const found: WaitingMail[] = []
  for (const name of names.slice(0, limit)) {
    const path = join(folder, 'new', name)
    const { isFile, mtime } = await stat(path).then(
      (one) => ({ isFile: one.isFile(), mtime: one.mtime }),
      () => ({ isFile: false, mtime: null }),
    )
    // Another process may have taken it since the folder was listed.
    if (isFile && mtime) found.push({ name, raw: await readStart(path), cameAt: mtime })
  }
  return found
}

/** However large the file is: the rest of a mail that is longer says nothing about what it is. */
async function readStart(path: string): Promise<Uint8Array> {
  const file = await open(path)
  try {
    const buffer = Buffer.alloc(longestRead)
    const { bytesRead } = await file.read(buffer, 0, longestRead, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}
