import { arch, cpus, platform, release, totalmem } from 'node:os'

/** When and on what: a figure without it says nothing. */
export function machine(): string {
  const [first] = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  const day = new Date().toISOString().slice(0, 10)
  return `${day} · ${cpus().length} × ${first?.model.trim() ?? 'unknown'}, ${memory} GiB · ${platform()} ${release()} ${arch()} · Node ${process.version} · embedded PostgreSQL, durable writes`
}
