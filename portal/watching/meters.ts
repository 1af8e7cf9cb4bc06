import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { RecordedFact } from '../ground/ground.ts'

/**
 * Everything a label may be called and say. What is measured is read by machines of others, so a label never holds an
 * address, a host or anybody's name: a value that is not on its list is counted as `other`.
 */
export const labelValues = {
  regime: ['ntd_code', 'dsa_notice', 'dsa_order', 'tco_removal_order', 'csam_order', 'test'],
  result: ['received', 'refused', 'failed', 'abandoned'],
  how: ['push', 'poll', 'signed_receipt', 'form_confirmed'],
  state: ['queued', 'offered', 'failed', 'arrived'],
  receiver: ['working', 'failing'],
  fate: ['sent', 'returned', 'auto-replied', 'answered', 'silent'],
  step: ['next_contact', 'desk', 'unacknowledged'],
} as const

type Label = keyof typeof labelValues

/** What Node's own metrics are labelled with: versions, kinds of garbage collection, parts of the heap. */
export const nodeLabels = ['type', 'kind', 'space', 'version', 'major', 'minor', 'patch']

/** A process that is never asked forgets what it has not measured yet. */
const mostUnmeasured = 50_000

export interface Meters {
  readonly registry: Registry
  /** What was recorded and committed by this process. */
  note(facts: readonly RecordedFact[]): void
  /** A connection that waits for something to come was opened, or ended. */
  polling(by: 1 | -1): void
  /** Ids of deliveries that were received over push since this was asked last. */
  takeReceived(): string[]
  /** Found at the moment of asking; what could not be asked is left out, so that nothing old passes for the present. */
  readonly found: ReturnType<typeof foundGauges>
  readonly commitTo202: Histogram
}

/** `node`: also what Node tells about itself (memory, event loop lag, garbage collection). */
export function createMeters({ node }: { node: boolean }): Meters {
  const registry = new Registry()
  if (node) collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const counter = (name: string, help: string, label: Label) =>
    new Counter({ name: `noticeline_${name}`, help, labelNames: [label], registers })

  const notices = counter('notices_taken_total', 'Notices taken by this process.', 'regime')
  const attempts = counter('delivery_attempts_total', 'Attempts to deliver, by what came of them.', 'result')
  const received = counter('deliveries_received_total', 'Deliveries that arrived, by how it is known.', 'how')
  const escalated = counter('deliveries_escalated_total', 'Steps of escalation that were taken.', 'step')
  const mails = counter('mails_total', 'Mails about organisations, by what became of them.', 'fate')
  const overdue = new Counter({
    name: 'noticeline_deadlines_passed_total',
    help: 'Items whose deadline passed without an outcome.',
    registers,
  })
  const commitTo202 = new Histogram({
    name: 'noticeline_commit_to_202_seconds',
    help: 'From the commit of a delivery to the 202 of its receiver, for what this process pushed.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14_400, 86_400],
    registers,
  })
  const polls = new Gauge({
    name: 'noticeline_poll_connections',
    help: 'Poll connections that this process holds open.',
    registers,
  })
  // Every line is there from the start, so that a counter that begins to count is seen to rise.
  for (const [meter, label] of [
    [notices, 'regime'],
    [attempts, 'result'],
    [received, 'how'],
    [escalated, 'step'],
    [mails, 'fate'],
  ] as const)
    for (const value of labelValues[label]) meter.inc({ [label]: value }, 0)

  let unmeasured: string[] = []
  const count = (fact: RecordedFact): void => {
    const payload = fact.payload as { [member: string]: unknown }
    switch (fact.kind) {
      case 'notice.issued':
        notices.inc({ regime: known('regime', payload['regime']) })
        break
      case 'delivery.attempted':
        attempts.inc({ result: known('result', payload['result']) })
        break
      case 'delivery.received':
        received.inc({ how: known('how', payload['how']) })
        if (payload['how'] === 'push' && unmeasured.length < mostUnmeasured)
          unmeasured.push(String(payload['deliveryId']))
        break
      case 'delivery.escalated':
        escalated.inc({ step: known('step', payload['step']) })
        break
      case 'deadline.passed':
        overdue.inc()
        break
      default:
        if (fact.kind.startsWith('mail.') && isKnown('fate', fact.kind.slice(5)))
          mails.inc({ fate: fact.kind.slice(5) })
    }
  }
  return {
    registry,
    note: (facts) => {
      for (const fact of facts) count(fact)
    },
    polling: (by) => polls.inc(by),
    takeReceived: () => {
      const taken = unmeasured
      unmeasured = []
      return taken
    },
    found: foundGauges(registry),
    commitTo202,
  }
}

function foundGauges(registry: Registry) {
  const gauge = (name: string, help: string, ...labelNames: Label[]) => {
    const made = new Gauge({ name: `noticeline_${name}`, help, labelNames, registers: [registry] })
    // Until it is measured it says nothing.
    if (labelNames.length === 0) made.remove()
    return made
  }
  return {
    databaseUp: gauge('database_up', 'Whether the database answered within two seconds: 1 or 0.'),
    keysUp: gauge('keys_up', 'Whether there is a key to sign with: 1 or 0.'),
    databaseAnswer: gauge('database_answer_seconds', 'How long the database took to answer.'),
    clockApart: gauge('clock_apart_seconds', "How far this machine's clock is ahead of the database's."),
    waiting: gauge(
      'deliveries_waiting',
      'Deliveries that still have something to be tried, by state; beyond 50,000 an estimate.',
      'state',
    ),
    oldestDue: gauge(
      'oldest_due_delivery_seconds',
      'How long the oldest due delivery has waited to be pushed, by whether its receiver answered last time.',
      'receiver',
    ),
    oldestOwed: gauge('oldest_owed_reaction_seconds', 'How long the oldest owed reaction has been waited for.'),
    oldestJob: gauge('oldest_due_job_seconds', 'How long the oldest due job has waited.'),
    atRisk: gauge(
      'deliveries_at_risk',
      'Notices not received with less than a quarter of their time left; beyond 20,000 at least so many.',
    ),
    overdue: gauge('deliveries_overdue', 'Notices not received whose time is over; beyond 20,000 at least so many.'),
    deadLetters: gauge('dead_letters', 'Jobs given up after a month of trying.'),
  }
}

function isKnown(label: Label, value: unknown): value is string {
  return (labelValues[label] as readonly unknown[]).includes(value)
}

function known(label: Label, value: unknown): string {
  return isKnown(label, value) ? value : 'other'
}
