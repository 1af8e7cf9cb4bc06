import { type Face, openRoute } from './route.ts'

/** What the process that mounted this face knows about itself. */
export interface Readiness {
  database: boolean
  keys: boolean
  /** How long the oldest due job has waited; null where it cannot be asked. */
  queueLagMs: number | null
  /** Jobs that were given up. They are shown, and take nobody out of service. */
  deadLetters: number | null
}

export function addHealth(face: Face, readiness: () => Promise<Readiness>): void {
  openRoute(
    face,
    {
      method: 'get',
      path: '/healthz',
      tag: 'Everybody',
      summary: 'Is the process there?',
      answers: { 200: { description: 'It is.', schema: 'Up' } },
    },
    ({ answer }) => answer(200, { up: true }),
  )

  openRoute(
    face,
    {
      method: 'get',
      path: '/readyz',
      tag: 'Everybody',
      summary: 'Can it work?',
      answers: {
        200: { description: 'Database and keys are there.', schema: 'Ready' },
        503: { description: 'Something it cannot do without is missing.', schema: 'Ready' },
      },
    },
    async ({ answer }) => {
      const { database, keys, queueLagMs, deadLetters } = await readiness()
      const ready = database && keys
      return answer(ready ? 200 : 503, { ready, database, keys, queue_lag_ms: queueLagMs, dead_letters: deadLetters })
    },
  )
}
