/** Files of random bytes on a disk of the demo's own, and a plain server for those of the cast who have no program. */
import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, mkdir, readdir, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'

/** Makes sure that `count` files are there, spread over the customers, and names them from the folder down. */
export async function layOutFiles(folder: string, customers: string[], count: number): Promise<string[]> {
  await mkdir(folder, { recursive: true, mode: 0o755 })
  const there = await namesIn(folder)
  if (there.length > 0) return there
  const names: string[] = []
  for (let index = 0; index < count; index += 1) {
    const customer = customers[index % customers.length] ?? 'customer'
    const name = `${customer}/g/${randomBytes(6).toString('hex')}.jpg`
    await mkdir(join(folder, customer, 'g'), { recursive: true })
    await writeFile(join(folder, name), randomBytes(4096))
    names.push(name)
  }
  return names
}

async function namesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()
}

/** Serves what lies in the folder; whoever wants a file gone deletes it. */
export async function serveFiles(folder: string, host: string, port: number): Promise<Server> {
  const server = createServer(async (request, answer) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://files.example').pathname)
    const file = join(folder, path)
    const found = file.startsWith(`${folder}/`) ? await lstat(file).catch(() => null) : null
    if (!found?.isFile()) {
      answer.writeHead(404, { 'Content-Type': 'text/plain' }).end('Not found\n')
      return
    }
    answer.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': found.size })
    if (request.method === 'HEAD') answer.end()
    else createReadStream(file).pipe(answer)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  return server
}
