import type { InboxCounts, InboxMessage, InboxStore } from './inbox.ts'
import type { OutboxReport } from './outbox.ts'
import type { Kind, Opened, Row, Rows } from './sql-rows.ts'

type Asked = <T>(writes: boolean, work: (rows: Rows) => Promise<T>) => Promise<T>

const dayOf = (instant: string) => Math.floor(Date.parse(instant) / 86_400_000)
const messageIn = ({ text }: Opened) => JSON.parse(text) as InboxMessage
const reportIn = ({ text }: Opened) => JSON.parse(text) as OutboxReport

/** What a store does between its opening and its end, in rows. */
export function contentsOf(asked: Asked, nextPlace: () => number): Omit<InboxStore, 'open' | 'close'> {
  async function putMessage(rows: Rows, message: InboxMessage, place: number): Promise<void> {
    const { id, txn, state, receivedAt } = message
    const thread = txn === null ? '' : rows.digest('thread', txn)
    const row: Row = { kind: 'm', id: rows.digest('m', id), thread, state, day: dayOf(receivedAt), place }
    await rows.put(row, JSON.stringify(message))
  }

  async function putReport(rows: Rows, report: OutboxReport, place: number): Promise<void> {
    const { id, state, createdAt } = report
    const row: Row = { kind: 'r', id: rows.digest('r', id), thread: '', state, day: dayOf(createdAt), place }
    await rows.put(row, JSON.stringify(report))
  }

  async function addReports(rows: Rows, reports: readonly OutboxReport[]): Promise<void> {
    for (const report of reports) {
      const before = await rows.find('r', rows.digest('r', report.id))
      await putReport(rows, report, before?.place ?? nextPlace())
    }
  }

  /** Whether nothing is left to do for a message, or for the whole notice it belongs to. */
  async function isOver(rows: Rows, row: Opened, limit: string, known: Map<string, boolean>): Promise<boolean> {
    const over = (opened: Opened) => opened.state === 'done' && messageIn(opened).receivedAt < limit
    if (row.thread === '') return over(row)
    const answer = known.get(row.thread) ?? (await rows.inThread(row.thread)).every(over)
    known.set(row.thread, answer)
    return answer
  }

  return {
    add: (message, reports) => {
      const [kept, keptReports] = structuredClone([message, reports] as const)
      return asked(true, async (rows) => {
        const known = await rows.find('m', rows.digest('m', kept.id))
        if (known !== null) return { result: 'known', message: messageIn(known) }
        await putMessage(rows, kept, nextPlace())
        await addReports(rows, keptReports)
        return { result: 'added' }
      })
    },
    change: (change) => {
      const { messages = [], reports = [], addReports: added = [] } = structuredClone(change)
      return asked(true, async (rows) => {
        for (const { id, patch } of messages) {
          const found = await rows.find('m', rows.digest('m', id))
          if (found !== null) await putMessage(rows, { ...messageIn(found), ...patch }, found.place)
        }
        await addReports(rows, added)
        for (const { id, patch } of reports) {
          const found = await rows.find('r', rows.digest('r', id))
          if (found !== null) await putReport(rows, { ...reportIn(found), ...patch }, found.place)
        }
      })
    },
    find: (id) =>
      asked(false, async (rows) => {
        const found = await rows.find('m', rows.digest('m', id))
        return found && messageIn(found)
      }),
    thread: (txn) => asked(false, async (rows) => (await rows.inThread(rows.digest('thread', txn))).map(messageIn)),
    messages: (state) => asked(false, async (rows) => (await rows.inState('m', state)).map(messageIn)),
    reports: (state) => asked(false, async (rows) => (await rows.inState('r', state)).map(reportIn)),
    counts: () =>
      asked(false, async (rows) => {
        const counted = await rows.counts()
        const of = (kind: Kind, state: string) =>
          counted.find((one) => one.kind === kind && one.state === state)?.count ?? 0
        const message = (state: string) => of('m', state)
        const report = (state: string) => of('r', state)
        return {
          messages: {
            waiting: message('waiting'),
            done: message('done'),
            dead: message('dead'),
            quarantined: message('quarantined'),
          },
          reports: { waiting: report('waiting'), sent: report('sent'), dead: report('dead') },
        } satisfies InboxCounts
      }),
    setting: (name) => asked(false, async (rows) => (await rows.find('s', rows.digest('s', name)))?.text ?? null),
    keep: (name, value) =>
      asked(true, async (rows) => {
        const id = rows.digest('s', name)
        const place = (await rows.find('s', id))?.place ?? nextPlace()
        await rows.put({ kind: 's', id, thread: '', state: '', day: 0, place }, value)
      }),
    forget: (before) => {
      const limit = before.toISOString()
      return asked(true, async (rows) => {
        const known = new Map<string, boolean>()
        const messages = await rows.untilDay('m', 'done', dayOf(limit))
        const over: Opened[] = []
        for (const row of messages) if (await isOver(rows, row, limit, known)) over.push(row)
        const sent = await rows.untilDay('r', 'sent', dayOf(limit))
        const reports = sent.filter((row) => reportIn(row).createdAt < limit)
        for (const { kind, id } of [...over, ...reports]) await rows.drop(kind, id)
        return over.length
      })
    },
  }
}
