// The part that touches files: take one out of the served tree where it stands, put it back, delete it for good.
// Every step is keyed by the case (the item's id) and may run twice.
import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import {
  chmod,
  type FileHandle,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises'
import { basename, dirname, join, sep } from 'node:path'

export type Withheld =
  | { done: true; sha256: string; otherNames: number; at: string }
  | { done: false; why: 'not_found' | 'outside' | 'not_a_file' | 'changed_meanwhile' }

interface Manifest {
  path: string
  /** What is left of the path after the bytes are deleted: enough to go on answering 410. */
  pathDigest: string
  sha256: string
  inode: number
  mode: number
  otherNames: number
  at: string
  restored?: string
}

export class Storage {
  readonly #served: string
  readonly #withheld: string
  /** Digests of the paths that are gone; read from the manifests once, kept up to date after. */
  #paths: Map<string, true> | null = null

  /** `withheld` is on the same file system as `served`, so that a rename moves no bytes. */
  constructor(served: string, withheld: string) {
    this.#served = served
    this.#withheld = withheld
  }

  /** Makes a file unreachable. It is renamed, never copied; a link is never followed. */
  async withhold(caseId: string, path: string): Promise<Withheld> {
    const known = await this.#manifest(caseId)
    if (known && !known.restored && (await this.#holds(caseId))) return { done: true, ...known }

    const target = await this.#inside(path)
    if (!target) return { done: false, why: 'outside' }
    let file: FileHandle
    try {
      file = await open(target, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      return { done: false, why: code === 'ENOENT' || code === 'ENOTDIR' ? 'not_found' : 'not_a_file' }
    }
    try {
      const seen = await file.stat()
      if (!seen.isFile()) return { done: false, why: 'not_a_file' }
      const hash = createHash('sha256')
      for await (const chunk of file.createReadStream({ autoClose: false })) hash.update(chunk)
      const at = new Date().toISOString()
      const manifest = {
        path,
        pathDigest: digestOf(path),
        sha256: hash.digest('hex'),
        inode: seen.ino,
        mode: seen.mode & 0o777,
        otherNames: seen.nlink - 1,
        at,
      }
      // The manifest first: if the machine dies between the two, the next run finds what was meant.
      await mkdir(this.#folder(caseId), { recursive: true, mode: 0o700 })
      await this.#write(caseId, manifest)
      await rename(target, this.#bytes(caseId))
      if ((await lstat(this.#bytes(caseId))).ino !== seen.ino) {
        await rename(this.#bytes(caseId), target)
        return { done: false, why: 'changed_meanwhile' }
      }
      await chmod(this.#bytes(caseId), 0o400)
      return { done: true, ...manifest }
    } finally {
      await file.close()
    }
  }

  /** Puts the very file back where it stood. False where something else stands there now, or nothing is held. */
  async restore(caseId: string): Promise<boolean> {
    const manifest = await this.#manifest(caseId)
    if (!manifest) return false
    if (manifest.restored) return true
    const target = await this.#inside(manifest.path)
    if (!target || !(await this.#holds(caseId))) return false
    if (await lstat(target).catch(() => null)) return false
    await chmod(this.#bytes(caseId), manifest.mode)
    await rename(this.#bytes(caseId), target)
    await this.#write(caseId, { ...manifest, restored: new Date().toISOString() })
    return true
  }

  /** Deletes the bytes for good; the manifest stays, without the name it had. */
  async destroy(caseId: string): Promise<void> {
    const manifest = await this.#manifest(caseId)
    if (!manifest || manifest.restored) return
    await rm(this.#bytes(caseId), { force: true })
    await this.#write(caseId, { ...manifest, path: '' })
  }

  /** Whether a file of that path was here and was taken away. */
  async isWithheld(path: string): Promise<boolean> {
    if (!this.#paths) {
      const cases = await readdir(this.#withheld).catch(() => [])
      const manifests = await Promise.all(cases.map((caseId) => this.#manifest(caseId)))
      this.#paths = new Map(manifests.flatMap((one) => (one && !one.restored ? [[one.pathDigest, true] as const] : [])))
    }
    return this.#paths.has(digestOf(path))
  }

  /** Opens a served file for reading, or says why there is none. */
  async openServed(path: string): Promise<FileHandle | null> {
    const target = await this.#inside(path)
    if (!target) return null
    const file = await open(target, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(() => null)
    if (file && !(await file.stat()).isFile()) {
      await file.close()
      return null
    }
    return file
  }

  /** The folder must lie in the served tree after every link on the way is resolved. */
  async #inside(path: string): Promise<string | null> {
    const wanted = join(this.#served, path)
    const root = await realpath(this.#served)
    const folder = await realpath(dirname(wanted)).catch(() => null)
    if (folder === null) return wanted.startsWith(root + sep) ? wanted : null
    return folder === root || folder.startsWith(root + sep) ? join(folder, basename(wanted)) : null
  }

  #folder = (caseId: string) => join(this.#withheld, caseId.replaceAll(/[^\w-]/g, '_'))
  #bytes = (caseId: string) => join(this.#folder(caseId), 'content')
  #holds = (caseId: string) =>
    lstat(this.#bytes(caseId)).then(
      () => true,
      () => false,
    )

  async #manifest(caseId: string): Promise<Manifest | null> {
    const text = await readFile(join(this.#folder(caseId), 'manifest.json'), 'utf8').catch(() => null)
    return text === null ? null : JSON.parse(text)
  }

  async #write(caseId: string, manifest: Manifest): Promise<void> {
    const path = join(this.#folder(caseId), 'manifest.json')
    await writeFile(`${path}.new`, JSON.stringify(manifest), { mode: 0o600, flush: true })
    await rename(`${path}.new`, path)
    if (manifest.restored) this.#paths?.delete(manifest.pathDigest)
    else this.#paths?.set(manifest.pathDigest, true)
  }
}

function digestOf(path: string): string {
  return createHash('sha256').update(path).digest('hex')
}
