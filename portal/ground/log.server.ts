import { type DestinationStream, destination as fileDestination, pino, stdTimeFunctions } from 'pino'
import type { LogLevel } from './config.server.ts'
import type { Log, LogFields } from './ground.ts'
import { isEvent, sift } from './log-fields.ts'

export interface LogOptions {
  level: LogLevel
  /** Standard error, unless something else is given. */
  destination?: DestinationStream
}

/** One JSON object a line: time, level, event and the fields that are on the list. */
export function createLog(options: LogOptions): Log & { dropped(): number } {
  let dropped = 0
  const logger = pino(
    {
      level: options.level,
      base: null,
      messageKey: 'event',
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    // Written at once: the last line before an end is the one that says why.
    options.destination ?? fileDestination({ fd: 2, sync: true }),
  )

  function write(level: 'info' | 'warn' | 'error', event: string, fields: LogFields = {}): void {
    const sifted = sift(fields)
    const known = isEvent(event)
    const lost = sifted.dropped + (known ? 0 : 1)
    dropped += lost
    logger[level](lost > 0 ? { ...sifted.kept, dropped: lost } : sifted.kept, known ? event : 'unnamed')
  }

  return {
    info: (event, fields) => write('info', event, fields),
    warn: (event, fields) => write('warn', event, fields),
    error: (event, fields) => write('error', event, fields),
    /** How many fields were left out so far: each is a mistake in the code that wrote it. */
    dropped: () => dropped,
  }
}
