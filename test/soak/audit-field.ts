/** What must be true of a field when everything has come to rest: what came where, and how often. */
import { eventTypes } from '@noticeline/sdk/protocol'
import type { Behaviour } from '../running/faulty-endpoint.ts'
import { auditHistory, auditReactions } from './audit.ts'
import type { Call, Field, Place } from './field.ts'
import type { World } from './world.ts'

/**
 * How a notice to such an endpoint ends. `signed`: received and acknowledged. `arrives`: received, whatever is said of it
 * later. `held`: waiting, tried again, escalated, and known why.
 */
type Ending = { ends: 'signed' | 'arrives' } | { ends: 'held'; codes: readonly string[] }

const held = (...codes: string[]): Ending => ({ ends: 'held', codes })

export const endings: Readonly<Record<Behaviour, Ending>> = {
  good: { ends: 'signed' },
  hang: held('timeout'),
  drip: held('timeout', 'body_not_empty'),
  'reset-in-body': held('reset', 'body_not_empty'),
  500: held('http_500'),
  429: { ends: 'arrives' },
  302: held('http_302'),
  410: held('http_410'),
  '200-page': held('http_200'),
  'wrong-certificate': held('tls'),
  'slow-accept': held('timeout', 'reset'),
  close: held('reset'),
  endless: held('body_not_empty'),
  'gzip-bomb': held('body_not_empty'),
  'duplicate-ack': { ends: 'arrives' },
  'bad-json': held('http_400'),
  'no-name': held('dns'),
  rebinding: { ends: 'arrives' },
  'ipv6-only': held('unreachable', 'timeout'),
  'clock-off': { ends: 'arrives' },
  flapping: { ends: 'arrives' },
}

export interface FieldFigures {
  losses: string[]
  doubles: string[]
  problems: string[]
  chains: number
  /** What is worth knowing and is no fault. */
  told: string[]
}

interface Row {
  id: string
  notice: string
  org: string
  jti: string
  state: string
  code: string | null
  due: boolean
  escalated: number
  attempts: number
  unfinished: number
  receipts: number
  received: number
  recorded: number
  pointed: number
  /** Who was pointed to it. */
  contacts: number
  next: number
  desk: number
}

/** Portal and worker have been stopped, as a person would. */
export async function auditField(world: World, field: Field, kills: number): Promise<FieldFigures> {
  const figures: FieldFigures = { losses: [], doubles: [], problems: field.problems(), chains: 0, told: [] }
  figures.problems.push(...world.programs.flatMap(({ collapses }) => collapses))
  const rows = await readRows(world)
  const calls = by(field.calls(), ({ jti }) => jti)
  const deliveries = by(rows, ({ notice }) => notice)
  for (const place of field.places) {
    const of = place.stream.acknowledged.flatMap(({ id }) => deliveries.get(id) ?? [])
    for (const { id } of place.stream.acknowledged) {
      const there = deliveries.get(id) ?? []
      if (there.length === 0)
        figures.losses.push(`notice ${id} to ${place.behaviour} was acknowledged and has no delivery`)
      if (there.length > 1) figures.doubles.push(`notice ${id} to ${place.behaviour} has ${there.length} deliveries`)
      if (there.some(({ org }) => org !== place.orgId)) figures.problems.push(`notice ${id} went to somebody else`)
    }
    for (const row of of) auditDelivery(place, row, calls.get(row.jti) ?? [], figures)
    auditPlace(place, of, figures)
  }
  if (rows.length > field.acknowledged) figures.doubles.push(`${rows.length - field.acknowledged} deliveries too many`)
  auditCalls(field, calls, kills, figures)
  await world.look((client) => auditReactions(client, figures))
  await world.inGround(({ ground }) => auditHistory(world, ground, figures))
  return figures
}

async function readRows(world: World): Promise<Row[]> {
  const of = (name: string, kind: string, step?: string) =>
    `count(*) filter (where kind = '${kind}'${step ? ` and payload::jsonb ->> 'step' = '${step}'` : ''})::int as ${name}`
  return world.look(async (client) => {
    const { rows } = await client.query<Row>(
      `with told as (
         select payload::jsonb ->> 'deliveryId' as id, ${of('received', 'delivery.received')},
                ${of('recorded', 'receipt.recorded')}, ${of('pointed', 'delivery.pointed')},
                count(distinct payload::jsonb ->> 'contactId') filter (where kind = 'delivery.pointed')::int as contacts,
                ${of('next', 'delivery.escalated', 'next_contact')}, ${of('desk', 'delivery.escalated', 'desk')}
         from facts where kind in ('delivery.received', 'receipt.recorded', 'delivery.pointed', 'delivery.escalated')
         group by 1),
       tried as (select delivery_id as id, count(*)::int as attempts, count(*) filter (where result is null)::int as unfinished
                 from attempts group by 1),
       signed as (select delivery_id as id, count(*)::int as receipts from receipts group by 1)
       select d.id, d.notice_id as notice, d.org_id as org, d.jti, d.state, d.last_code as code,
              d.next_attempt_at is not null as due, d.escalated,
              coalesce(tried.attempts, 0) as attempts, coalesce(unfinished, 0) as unfinished, coalesce(receipts, 0) as receipts,
              coalesce(received, 0) as received, coalesce(recorded, 0) as recorded, coalesce(pointed, 0) as pointed, coalesce(contacts, 0) as contacts,
              coalesce(next, 0) as next, coalesce(desk, 0) as desk
       from deliveries d left join told using (id) left join tried using (id) left join signed using (id)
       where d.event = $1`,
      [eventTypes.issued],
    )
    return rows
  })
}

function auditDelivery({ behaviour }: Place, row: Row, calls: readonly Call[], figures: FieldFigures): void {
  const ending = endings[behaviour]
  const name = `${row.id} to ${behaviour}`
  if (ending.ends === 'held') {
    if (row.received + row.receipts > 0) figures.problems.push(`${name} counts as received`)
    if (!row.due || !['queued', 'offered', 'failed'].includes(row.state))
      figures.losses.push(`${name} is ${row.state} and waits for nothing`)
    if (row.code !== null && !ending.codes.includes(row.code)) figures.problems.push(`${name} is held for ${row.code}`)
    if (row.escalated !== 3 || row.next !== 1 || row.desk !== 1 || row.pointed < 1)
      figures.problems.push(
        `${name} was escalated ${row.escalated}: pointed ${row.pointed}, next ${row.next}, desk ${row.desk}`,
      )
    if (row.pointed > row.contacts)
      figures.doubles.push(`${name} was pointed to ${row.pointed} times, to ${row.contacts} contacts`)
    return
  }
  if (row.received === 0) figures.losses.push(`${name} never arrived: ${row.state} ${row.code}`)
  if (row.received > 1) figures.doubles.push(`${name} was received ${row.received} times`)
  if (row.receipts > 1 || row.recorded > 1) figures.doubles.push(`${name} has ${row.recorded} receipts`)
  if (ending.ends === 'signed' && (row.receipts !== 1 || row.state !== 'acknowledged'))
    figures.losses.push(`${name} ends as ${row.state} with ${row.receipts} receipts`)
  if (row.due) figures.problems.push(`${name} arrived and is still due`)
  if (row.unfinished > 0) figures.problems.push(`${name} has ${row.unfinished} attempts without a result`)
  if (calls.length > row.attempts)
    figures.problems.push(`${name} came ${calls.length} times in ${row.attempts} attempts`)
  if (!calls.some(({ stored }) => stored)) figures.problems.push(`${name} counts as received and never came`)
}

/** Of those that are held, some were tried, and the fault is named. */
function auditPlace({ behaviour }: Place, rows: readonly Row[], figures: FieldFigures): void {
  const codes = new Map<string, number>()
  for (const { code } of rows) codes.set(code ?? 'none', (codes.get(code ?? 'none') ?? 0) + 1)
  const ending = endings[behaviour]
  if (behaviour !== 'good')
    figures.told.push(`${behaviour}: ${ending.ends}, ${[...codes].map(([code, n]) => `${n} × ${code}`).join(', ')}`)
  if (ending.ends === 'held' && rows.length > 0 && !ending.codes.some((code) => codes.has(code)))
    figures.problems.push(`nobody knows that ${behaviour} fails`)
}

/** The same bytes each time, each call an attempt that stands in the database, and no more repeats than a kill explains. */
function auditCalls(
  field: Field,
  calls: ReadonlyMap<string, readonly Call[]>,
  kills: number,
  figures: FieldFigures,
): void {
  const effects = new Set<string>()
  const repeats = field.places.map(() => 0)
  for (const [jti, came] of calls) {
    if (new Set(came.map(({ digest }) => digest)).size > 1) figures.problems.push(`${jti} came in other bytes`)
    const [first] = came.filter(({ stored }) => stored)
    if (!first) continue
    const effect = `${first.place} ${first.noticeId}`
    if (effects.has(effect)) figures.doubles.push(`notice ${first.noticeId} came as two statements`)
    effects.add(effect)
    repeats[first.place] = (repeats[first.place] ?? 0) + came.filter(({ stored }) => stored).length - 1
  }
  for (const [number, { behaviour }] of field.places.entries())
    if ((repeats[number] ?? 0) > 2 * kills)
      figures.problems.push(`${behaviour} was asked again ${repeats[number]} times in ${kills} kills`)
  const again = repeats.reduce((sum, one) => sum + one, 0)
  figures.told.push(`${effects.size} notices stored, ${again} of them asked for again after ${kills} kills`)
}

function by<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one])
  return groups
}
