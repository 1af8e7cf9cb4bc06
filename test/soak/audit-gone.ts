/** What must have been written down while receivers were gone: every step at its instant, and few mails. */
import type { World } from './world.ts'

/** Steps whose instant has come, mails that may leave and reactions that wait. */
export async function dueSteps(world: World): Promise<number> {
  return count(
    world,
    `select (
       select count(*) from deliveries d,
         lateral (select coalesce(offered_at, first_queued_at, created_at) as offered,
                         deadline_at - coalesce(first_queued_at, created_at) as time) as t
       where next_attempt_at is not null and state in ('queued', 'offered', 'failed') and event like '%notice.issued'
         and ((escalated = 0 and offered + least(interval '10 minutes', time / 10) <= now())
           or (escalated = 1 and offered + time / 4 <= now()) or (escalated = 2 and offered + time / 2 <= now()))
     ) + (
       select count(*) from (
         select contact_id from pointers p group by contact_id
         having count(*) filter (where mailed_at is null) > 0
           and count(distinct mail_id) filter (where mailed_at > now() - interval '3 minutes') < 3
       ) as ready
     ) + (
       select count(*) from queue.job where state in ('created', 'retry', 'active') and name like 'reaction.%'
     ) as n`,
  )
}

/** Later than this after its instant no step is taken: the next turn of the time has come, and the sweep with it. */
const slack = "interval '4 hours'"

/**
 * Each step once for each notice, and never before its instant: the first after ten minutes or a tenth, or at the second hard
 * failure; the next contact after a quarter; the desk after a half, counted from the first offer.
 */
export async function checkSteps(world: World, since: number): Promise<string[]> {
  const problems: string[] = []
  const rows = await look<{ within: string; step: string; wrong: number; n: number; all: number }>(
    world,
    `with first as (
       select d.id, d.notice_id, n.deadline_within as within, n.deadline_within::interval as time,
              (select min((f.payload::jsonb ->> 'at')::timestamptz) from facts f
               where f.chain = d.notice_id and f.kind = 'delivery.offered') as offered, d.created_at
       from deliveries d join notices n on n.id = d.notice_id
       where d.event like '%notice.issued' and d.first_queued_at is null and d.created_at >= $1
     ), step as (
       select first.*, f.payload::jsonb ->> 'step' as step, f.at,
              offered + time * case f.payload::jsonb ->> 'step' when 'desk' then 0.5 else 0.25 end as due
       from first join facts f on f.chain = first.notice_id and f.kind = 'delivery.escalated'
     )
     select within, step, count(*) filter (where at < due or at > due + ${slack})::int as wrong, count(*)::int as n,
            (select count(*)::int from first where first.within = step.within) as all
     from step group by within, step order by within, step`,
    [new Date(since)],
  )
  for (const { within, step, wrong, n, all } of rows) {
    if (n !== all) problems.push(`${n} steps "${step}" for ${all} notices of ${within}`)
    if (wrong > 0) problems.push(`${wrong} of ${n} steps "${step}" of ${within} were not taken at their instant`)
  }
  if (rows.length !== 6) problems.push(`steps of ${rows.length} kinds, not of 6`)
  const early = await count(
    world,
    `select count(*) as n from deliveries d join notices n on n.id = d.notice_id
     join lateral (select min(p.mailed_at) as at from pointers p where p.delivery_id = d.id) as pointed on true
     where d.event like '%notice.issued' and d.first_queued_at is null and d.created_at >= $1 and (pointed.at is null or (
       pointed.at < d.created_at + least(interval '10 minutes', n.deadline_within::interval / 10)
       and (select count(*) from attempts a where a.delivery_id = d.id and a.started_at < pointed.at) < 2))`,
    [new Date(since)],
  )
  if (early > 0) problems.push(`${early} first contacts were told too early, or never`)
  return problems
}

/** Signed again so many times: the same notice, one revision after the other, each naming the one before. */
export async function checkReissues(world: World, since: number, times: number): Promise<string[]> {
  const rows = await look<{ tokens: number; top: number; n: number }>(
    world,
    `select tokens, top, count(*)::int as n from (
       select count(*)::int as tokens, max(t.seq)::int as top from tokens t join notices n on n.id = t.notice_id
       where t.event like '%notice.issued' and n.submitted_at >= $1 group by t.notice_id) as each
     group by tokens, top`,
    [new Date(since)],
  )
  const [only, ...others] = rows
  const right = others.length === 0 && only?.tokens === times + 1 && only.top === times + 1
  return right ? [] : [`revisions are ${JSON.stringify(rows)}, not ${times + 1} of each notice`]
}

export async function countMails(world: World, since: number): Promise<{ all: number; mostInAnHour: number }> {
  const [row] = await look<{ all: number; most: number | null }>(
    world,
    `select sum(n)::int as all, max(n)::int as most from (
       select count(*) as n from mails where sent_at >= $1
       group by coalesce(contact_id, recipient_id), date_trunc('hour', sent_at)) as each`,
    [new Date(since)],
  )
  return { all: row?.all ?? 0, mostInAnHour: row?.most ?? 0 }
}

/**
 * No storm. A mail names up to twenty, three leave in three minutes, and a contact is told once of each notice and once of
 * each time it was signed again; what fails hard is told one by one at first.
 */
export async function checkMails(world: World, since: number, notices: number, again: number): Promise<string[]> {
  const problems: string[] = []
  const rows = await look<{ email: string; mails: number; pointed: number; most: number }>(
    world,
    `select c.email, count(distinct p.mail_id)::int as mails, count(*)::int as pointed,
            (select max(n)::int from (select count(distinct mail_id) as n from pointers q
               where q.contact_id = c.id and q.mailed_at >= $1
               group by floor(extract(epoch from q.mailed_at) / 180)) as each) as most
     from pointers p join contacts c on c.id = p.contact_id where p.mailed_at >= $1 group by c.id, c.email order by c.email`,
    [new Date(since)],
  )
  for (const { email, mails, pointed, most } of rows) {
    if (pointed > notices * (1 + again)) problems.push(`${email} was told ${pointed} times of ${notices} notices`)
    // Of each norm a few to begin with, and then twenty together.
    if (mails > (pointed / 20) * 2 + 3 * 4) problems.push(`${email} got ${mails} mails for ${pointed} pointers`)
    // Two windows of three minutes may meet in one that is counted from elsewhere.
    if (most > 6) problems.push(`${email} got ${most} mails in three minutes`)
  }
  const closed = await count(
    world,
    `select count(*) as n from pointers p join contacts c on c.id = p.contact_id
     join lateral (select min(q.mailed_at) as at from pointers q where q.delivery_id = p.delivery_id) as first on true
     where c.email = 'abuse@tern.example' and p.mailed_at >= $1 and p.mailed_at = first.at
       and extract(isodow from p.queued_at at time zone 'Europe/Amsterdam') in (6, 7)`,
    [new Date(since)],
  )
  // Later nobody is known to be there round the clock: who was has followed no pointer either.
  if (closed > 0 && again === 0)
    problems.push(`${closed} times the office was told first at night, though somebody is there round the clock`)
  const desk = await count(world, "select count(*) as n from mails where purpose = 'desk_tasks' and sent_at >= $1", [
    new Date(since),
  ])
  if (desk > 12) problems.push(`the desk got ${desk} mails`)
  return problems
}

/** What arrived after `back`, by the order in which it was tried: no deadline before an earlier one's, but for the first. */
export async function checkOrder(world: World, back: number): Promise<string[]> {
  const wrong = await look<{ tries: string; others: string }>(
    world,
    `with taken as (
       select d.id, d.org_id, d.deadline_at, a.started_at,
              row_number() over (partition by d.org_id order by a.started_at, d.deadline_at) as number
       from attempts a join deliveries d on d.id = a.delivery_id
       where a.result = 'received' and a.started_at >= $1 and d.event like '%notice.issued'
     ), late as (
       select taken.*, (
         select string_agg(extract(epoch from o.started_at - taken.started_at)::numeric(9, 3) || ' s', ', ' order by o.started_at)
         from taken as o
         where o.org_id = taken.org_id and o.number between 2 and taken.number - 1 and o.deadline_at > taken.deadline_at
       ) as others
       from taken
     )
     select others, (
       select string_agg(a.result || ' after ' || extract(epoch from a.started_at - $1)::int || ' s', ', ' order by a.number)
       from attempts a where a.delivery_id = late.id and a.started_at > $1 - interval '10 minutes'
     ) as tries
     from late where others is not null`,
    [new Date(back)],
  )
  return wrong.map(
    ({ tries, others }) => `one arrived after others whose deadline was later: ${tries}; they went at ${others}`,
  )
}

function look<R extends object>(world: World, sql: string, values: unknown[] = []): Promise<R[]> {
  return world.look(async (client) => (await client.query<R>(sql, values)).rows)
}

async function count(world: World, sql: string, values: unknown[] = []): Promise<number> {
  const [row] = await look<{ n: string }>(world, sql, values)
  return Number(row?.n ?? 0)
}
