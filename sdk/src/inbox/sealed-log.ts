import { randomBytes } from 'node:crypto'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Refusal } from '../refusals.ts'
import { codeOf } from './file-lock.ts'
import { syncFolder } from './key-file.ts'
import { seal, unseal } from './sealing.ts'

/**
 * A file to which sealed lines are only ever appended. Each line is bound to its place and to this file's making, so
 * lines can be neither changed, moved, nor taken out of the middle unseen.
 */
export class SealedLog {
  readonly #path: string
  readonly #key: Uint8Array
  #file: FileHandle
  #making: string
  #lines: number
  #length: number

  private constructor(path: string, key: Uint8Array, file: FileHandle, making: string) {
    this.#path = path
    this.#key = key
    this.#file = file
    this.#making = making
    this.#lines = 0
    this.#length = 0
  }

  /** Opens or begins a log. A last line that was cut off while it was being written was never promised to anybody. */
  static async open(path: string, key: Uint8Array, each: (line: string) => void): Promise<SealedLog> {
    await rm(`${path}.next`, { force: true })
    const text = await readAll(path)
    if (text === null || !text.includes('\n')) {
      const log = new SealedLog(path, key, await begin(path), '')
      await log.#head()
      await syncFolder(dirname(path))
      return log
    }
    const lines = text.split('\n')
    const torn = lines.pop() ?? ''
    const [head = '', ...sealed] = lines
    const log = new SealedLog(path, key, await open(path, 'r+', 0o600), head)
    log.#length = Buffer.byteLength(head) + 1
    for (const [index, line] of sealed.entries()) {
      const plain = log.#unseal(line)
      if (plain === null) {
        const last = index === sealed.length - 1
        if (last && torn === '') break
        await log.close()
        throw new Refusal(
          'store_damaged',
          `Line ${index + 2} of the inbox file does not open with its key. Put the file back from a copy, or move it away to begin anew: the portal sends again what it has no signed receipt for.`,
        )
      }
      each(plain)
      log.#lines += 1
      log.#length += line.length + 1
    }
    await log.#file.truncate(log.#length)
    return log
  }

  get lines(): number {
    return this.#lines
  }

  /** Durable when it resolves. When it rejects, the file is as it was before. */
  async append(plain: readonly string[]): Promise<void> {
    const text = plain.map((line, index) => `${this.#seal(line, this.#lines + index)}\n`).join('')
    try {
      await this.#write(text)
    } catch (error) {
      await this.#file.truncate(this.#length).catch(() => undefined)
      throw error
    }
    this.#lines += plain.length
    this.#length += text.length
  }

  /** Puts a new file with these lines in the place of the old one, at one stroke. */
  async replace(plain: readonly string[]): Promise<void> {
    const next = new SealedLog(`${this.#path}.next`, this.#key, await begin(`${this.#path}.next`), '')
    try {
      await next.#head()
      await next.append(plain)
      await rename(`${this.#path}.next`, this.#path)
    } catch (error) {
      await next.close()
      await rm(`${this.#path}.next`, { force: true })
      throw error
    }
    await this.#file.close()
    this.#file = next.#file
    this.#making = next.#making
    this.#lines = next.#lines
    this.#length = next.#length
    await syncFolder(dirname(this.#path))
  }

  close(): Promise<void> {
    return this.#file.close()
  }

  async #head(): Promise<void> {
    this.#making = `noticeline-inbox 1 ${randomBytes(16).toString('base64url')}`
    await this.#write(`${this.#making}\n`)
    this.#length = this.#making.length + 1
  }

  async #write(text: string): Promise<void> {
    const bytes = Buffer.from(text)
    let written = 0
    while (written < bytes.length) {
      const step = await this.#file.write(bytes, written, bytes.length - written, this.#length + written)
      written += step.bytesWritten
    }
    await this.#file.datasync()
  }

  #seal(plain: string, line: number): string {
    return seal(this.#key, plain, this.#place(line))
  }

  #unseal(line: string): string | null {
    return unseal(this.#key, line, this.#place(this.#lines))
  }

  #place(line: number): string {
    return `${this.#making} ${line}`
  }
}

async function begin(path: string): Promise<FileHandle> {
  return open(path, 'w+', 0o600)
}

async function readAll(path: string): Promise<string | null> {
  try {
    const file = await open(path, 'r')
    try {
      return await file.readFile('latin1')
    } finally {
      await file.close()
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}
