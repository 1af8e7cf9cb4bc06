/** What must be true when everything has come to rest, whatever was killed on the way. */
import { eventTypes, type Head, inclusionPath, merkleRoot, rootOfPath } from '@noticeline/sdk/protocol'
import type pg from 'pg'
import { checkHistory } from '../../portal/facts/history.ts'
import { sealRoot } from '../../portal/facts/seal-root.ts'
import type { Ground } from '../../portal/ground/ground.ts'
import { reactionNames } from '../../portal/reactions.ts'
import { call } from '../running/client.ts'
import { countCalls, readEffects } from './ledger.ts'
import type { World } from './world.ts'

export interface Figures {
  notices: number
  items: number
  calls: number
  chains: number
  /** Acknowledged, and not there or not finished. */
  losses: string[]
  /** Done, sent or recorded more than once. */
  doubles: string[]
  /** Anything else that is not as it should be. */
  problems: string[]
}

/**
 * Waits until all that was acknowledged is where it belongs, or until it has not become less for so long: a busy machine
 * may take its time. Retries that would take minutes are brought forward.
 */
export async function settle(world: World, patienceMs: number): Promise<void> {
  let least = Number.POSITIVE_INFINITY
  let moved = performance.now()
  let hurried = performance.now()
  while (true) {
    const open = await world.look(countOpen)
    if (open < least) moved = performance.now()
    least = Math.min(least, open)
    if (open === 0 || performance.now() - moved > patienceMs) return
    await new Promise((resolve) => setTimeout(resolve, 500))
    if (performance.now() - hurried < 6000) continue
    hurried = performance.now()
    await hurry(world)
  }
}

async function countOpen(client: pg.Client): Promise<number> {
  const { rows } = await client.query(
    `select (select count(*)::int from inbox_rows where headline <> 'removed_verified')
          + (select count(*)::int from deliveries where state in ('queued', 'offered', 'received') or next_attempt_at is not null)
          + (select count(*)::int from queue.job where state in ('created', 'retry', 'active') and name like 'reaction.%')
          + (select count(*)::int from attempts where result is null) as n`,
  )
  return rows[0].n
}

/** As a provider would who has mended its receiver: it verifies its endpoint again, and its program's clock goes on. */
async function hurry(world: World): Promise<void> {
  const { origin } = world
  const first = { token: world.tokens.provider, url: (path: string) => world.receiverUrl(path) }
  for (const { token, url } of [
    first,
    ...world.hostings.map((one) => ({ token: one.token, url: one.url.bind(one) })),
  ]) {
    const endpoints = await call('GET', `${origin}/v1/endpoints`, token).catch(() => null)
    for (const { id } of endpoints?.body?.data ?? [])
      await call('POST', `${origin}/v1/endpoints/${id}/verify`, token).catch(() => null)
    await fetch(url('/ahead'), { method: 'POST' }).catch(() => null)
  }
}

function acknowledgedIn(world: World) {
  return world.streams.flatMap(({ acknowledged }) => acknowledged)
}

function foldersOf(world: World): string[] {
  return [world.kept, ...world.hostings.map(({ kept }) => kept)]
}

export async function audit(world: World): Promise<Figures> {
  const figures: Figures = {
    notices: acknowledgedIn(world).length,
    items: acknowledgedIn(world).reduce((sum, { itemIds }) => sum + itemIds.length, 0),
    calls: foldersOf(world).reduce((sum, folder) => sum + countCalls(folder), 0),
    chains: 0,
    losses: [],
    doubles: [],
    problems: [
      ...world.streams.flatMap(({ problems }) => problems),
      ...world.programs.flatMap(({ collapses }) => collapses),
    ],
  }
  await world.look(async (client) => {
    await auditNotices(world, client, figures)
    await auditDeliveries(client, figures)
    await auditReactions(client, figures)
  })
  auditEffects(world, figures)
  await world.inGround(({ ground }) => auditHistory(world, ground, figures))
  return figures
}

async function auditNotices(world: World, client: pg.Client, figures: Figures): Promise<void> {
  const { rows } = await client.query<{ id: string; reference: string }>('select id, reference from notices')
  const there = new Map(rows.map(({ id, reference }) => [id, reference]))
  for (const { id, reference } of acknowledgedIn(world))
    if (there.get(id) !== reference) figures.losses.push(`notice ${id} was acknowledged and is not there`)
  for (const reference of world.streams.flatMap(({ sent }) => sent)) {
    const count = rows.filter((row) => row.reference === reference).length
    if (count > 1) figures.doubles.push(`${reference} was submitted once and is ${count} notices`)
  }
  const { rows: items } = await client.query<{ item: string; headline: string | null; said: number }>(
    `select i.id as item, r.headline, (select count(*)::int from outcomes o where o.item_id = i.id) as said
     from items i left join inbox_rows r on r.item_id = i.id and r.side = 'notifier'`,
  )
  for (const { item, headline, said } of items) {
    if (headline !== 'removed_verified') figures.losses.push(`item ${item} ends as ${headline}`)
    if (said > 1) figures.doubles.push(`item ${item} has ${said} outcomes`)
  }
}

async function auditDeliveries(client: pg.Client, figures: Figures): Promise<void> {
  const { rows } = await client.query<{ notice: string; org: string; deliveries: number; open: number }>(
    `select a.notice_id as notice, a.org_id as org,
            (select count(*)::int from deliveries d where d.notice_id = a.notice_id and d.org_id = a.org_id and d.event = $1
               and not exists (select from facts f where f.chain = d.notice_id and f.kind = 'delivery.failed'
                               and f.payload::jsonb ->> 'deliveryId' = d.id and f.payload::jsonb ->> 'code' = 'superseded')) as deliveries,
            (select count(*)::int from deliveries d where d.notice_id = a.notice_id and d.org_id = a.org_id
               and d.state <> 'acknowledged' and d.last_code is distinct from 'superseded'
               and (d.event = $1 or d.state <> 'failed' or d.next_attempt_at is not null)) as open
     from (select distinct notice_id, org_id from addressees) a`,
    // Where clocks go forward a notice closes meanwhile, which is delivered as well, and given up after thirty days.
    [eventTypes.issued],
  )
  for (const { notice, org, deliveries, open } of rows) {
    if (deliveries === 0) figures.losses.push(`notice ${notice} has no delivery to ${org}`)
    if (deliveries > 1) figures.doubles.push(`notice ${notice} has ${deliveries} deliveries to ${org}`)
    if (open > 0) figures.losses.push(`notice ${notice} was not acknowledged by ${org}`)
  }
  const { rows: repeated } = await client.query<{ notice: string }>(
    `select chain as notice from facts where kind in ('notice.issued', 'receipt.recorded', 'outcome.reported')
     group by chain, kind, payload::jsonb ->> 'deliveryId' having count(*) > 1`,
  )
  for (const { notice } of repeated) figures.doubles.push(`notice ${notice} has one and the same fact twice`)
  const { rows: hanging } = await client.query<{ n: number }>(
    'select count(*)::int as n from attempts where result is null',
  )
  if (hanging[0]?.n) figures.problems.push(`${hanging[0].n} attempts never got a result`)
}

export async function auditReactions(client: pg.Client, figures: Pick<Figures, 'losses' | 'problems'>): Promise<void> {
  const { rows: dead } = await client.query<{ n: number }>(
    "select count(*)::int as n from queue.job where name = 'dead-letters'",
  )
  if (dead[0]?.n) figures.problems.push(`${dead[0].n} dead letters`)
  const { rows: kinds } = await client.query<{ kind: string }>('select distinct kind from facts')
  for (const { kind } of kinds) {
    for (const reaction of reactionNames(kind)) {
      const { rows } = await client.query<{ n: number }>(
        `select count(*)::int as n from facts f where kind = $1
         and not exists (select from reactions d where d.fact_id = f.id and d.reaction = $2 and d.done_at is not null)`,
        [kind, reaction],
      )
      if (rows[0]?.n) figures.losses.push(`${rows[0].n} × ${reaction} after ${kind} was not done`)
    }
  }
}

function auditEffects(world: World, figures: Figures): void {
  const count = new Map<string, number>()
  for (const { itemId } of foldersOf(world).flatMap(readEffects)) count.set(itemId, (count.get(itemId) ?? 0) + 1)
  for (const [itemId, times] of count)
    if (times > 1) figures.doubles.push(`item ${itemId} was taken down ${times} times`)
  for (const { itemIds } of acknowledgedIn(world))
    for (const itemId of itemIds) if (!count.has(itemId)) figures.losses.push(`item ${itemId} was never taken down`)
}

const mostPaths = 1000

function isUnder(root: Buffer | undefined, heads: readonly Head[], head: Head): boolean {
  const path = inclusionPath(heads, head.chain)
  return path !== null && root?.equals(rootOfPath(head, path)) === true
}

/** Every chain from its first link to its head, all heads under one root, and every root that travelled one of ours. */
export async function auditHistory(
  world: World,
  ground: Ground,
  figures: Pick<Figures, 'chains' | 'problems'>,
): Promise<void> {
  await sealRoot(ground)
  const { read } = ground.db
  const heads = await read.selectFrom('factHeads').select(['chain', 'seq', 'hash']).where('seq', '>', 0).execute()
  const roots = await read.selectFrom('roots').select(['at', 'root']).orderBy('length').orderBy('at').execute()
  const newest = roots.at(-1)?.root
  if (!newest?.equals(merkleRoot(heads))) figures.problems.push('the newest root is not the root of all histories')
  // The root is made of every head; a path is made of the whole tree, so that some of many are walked.
  const stride = Math.ceil(heads.length / mostPaths)
  for (const [index, head] of heads.entries()) {
    const found = await checkHistory(ground, head.chain)
    const whole = found.result === 'whole' && found.length === head.seq && found.head.equals(head.hash)
    if (whole && (index % stride > 0 || isUnder(newest, heads, head))) figures.chains += 1
    else figures.problems.push(`the chain of ${head.chain} is not whole`)
  }
  const known = new Set(roots.map(({ root }) => root.toString('base64url')))
  for (const { caseId, witness } of foldersOf(world).flatMap(readEffects))
    if (witness !== null && !known.has(witness)) figures.problems.push(`${caseId} carried a root we never sealed`)
}
