import { type Embedded, type EmbeddedOptions, openEmbedded } from './embedded.server.ts'

/**
 * Starts the embedded server again when it was killed under us: nobody else would, and every process that uses it may
 * try at once. Answers how to stop watching; what is under way then is waited for.
 */
export function keepEmbedded(
  embedded: Embedded,
  options: EmbeddedOptions & { readonly started: (pid: number) => void; readonly failed: (error: unknown) => void },
): () => Promise<void> {
  let pid = embedded.pid
  let starting: Promise<void> | null = null
  const timer = setInterval(() => {
    if (starting || isThere(pid)) return
    starting = openEmbedded(options)
      .then((again) => {
        pid = again.pid
        options.started(pid)
      })
      // Its last processes may still be on their way out: the next look tries again.
      .catch(options.failed)
      .finally(() => {
        starting = null
      })
  }, 500)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await starting
  }
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
