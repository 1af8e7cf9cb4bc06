import { arch, cpus, platform, release, totalmem } from 'node:os'

/** When and on what: a figure without it says nothing. */
export function machine(database: string | null = 'embedded PostgreSQL'): string {
  const [first] = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  const stored = database === null ? '' : ` · ${database}, durable writes`
  const day = new Date().toISOString().slice(0, 10)
  return `${day} · ${cpus().length} × ${first?.model.trim() ?? 'unknown'}, ${memory} GiB · ${platform()} ${release()} ${arch()} · Node ${process.version}${stored}`
}
