import type { TimelineEntry } from '../../inbox/views.ts'
import { useText } from '../language/use-text.ts'
import { Moment } from './moment.tsx'

type Always = 'at' | 'kind' | 'seq'

/** An entry as a loader hands it over: what is not said may also be undefined. */
type Entry = Pick<TimelineEntry, Always> & {
  [K in Exclude<keyof TimelineEntry, Always>]?: TimelineEntry[K] | undefined
}

const alarms: ReadonlySet<string> = new Set([
  'delivery.failed',
  'delivery.escalated',
  'deadline.passed',
  'item.contradicted',
  'item.reappeared',
  'item.unattributed',
  'receipt.contested',
])
const goods: ReadonlySet<string> = new Set(['item.confirmed-offline', 'clock.stopped', 'receipt.recorded'])

/** What happened to a notice, oldest first: its facts, one line each. */
export function Timeline({
  entries,
  items,
}: {
  entries: readonly Entry[]
  items: readonly { id: string; position: number }[]
}) {
  const text = useText()
  if (entries.length === 0) return <p className="text-soft">{text('timeline-empty')}</p>
  const numbers = new Map(items.map((item) => [item.id, item.position + 1]))
  return (
    <ol className="timeline">
      {entries.map((entry) => (
        <li
          key={`${entry.seq}`}
          data-fact={entry.kind}
          className={alarms.has(entry.kind) ? 'is-alarm' : goods.has(entry.kind) ? 'is-good' : undefined}
        >
          <span className="what">{text.code('fact', entry.kind)}</span>
          <span className="how">{details(entry, text, numbers).join(' · ')}</span>
          <span className="text-sm">
            <Moment at={entry.at} />
          </span>
        </li>
      ))}
    </ol>
  )
}

function details(entry: Entry, text: ReturnType<typeof useText>, numbers: ReadonlyMap<string, number>): string[] {
  const known = (entry.itemIds ?? []).flatMap((id) => numbers.get(id) ?? [])
  const said: (string | undefined)[] = [
    entry.orgName,
    known.length > 0 && known.length < numbers.size
      ? text('timeline-items', { count: known.length, numbers: known.join(', ') })
      : undefined,
    entry.number === undefined ? undefined : text('timeline-attempt', { number: entry.number }),
    entry.method && text.code('method', entry.method),
    entry.result && resultWord(entry.kind, entry.result, text),
    entry.code && codeWord(entry.kind, entry.code, text),
    entry.how && text.code('how', entry.how),
    entry.grade && text.code('grade', entry.grade),
    entry.reason && text.code(reasonList(entry.kind), entry.reason),
  ]
  return said.filter((part): part is string => part !== undefined && part !== '')
}

function reasonList(kind: string): string {
  if (kind === 'notice.withdrawn') return 'withdrawal'
  return kind === 'delivery.escalated' ? 'step' : 'reason'
}

function resultWord(kind: string, result: string, text: ReturnType<typeof useText>): string {
  return text.code(kind === 'item.observed' ? 'observed' : 'attempt', result)
}

function codeWord(kind: string, code: string, text: ReturnType<typeof useText>): string {
  if (kind === 'outcome.reported') return text.code('outcome', code)
  if (kind === 'item.unattributed') return text.code('unattributed', code)
  const status = /^http_(\d{3})$/.exec(code)?.[1]
  return status ? text('failure-http', { status }) : text.code('failure', code)
}
