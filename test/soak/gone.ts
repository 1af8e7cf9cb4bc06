/** Receivers that are gone for a week, and for 120 days: what is written down, who is mailed, and what is there on return. */
import { setTimeout as wait } from 'node:timers/promises'
import { addContact } from '../../portal/providers/add-contact.ts'
import { seedCast } from '../../portal/seed/seed.ts'
import type { MailServer } from '../running/mail-server.ts'
import { until } from '../running/portal.ts'
import { checkMails, checkOrder, checkReissues, checkSteps, countMails, dueSteps } from './audit-gone.ts'
import { Hosting } from './hosting.ts'
import type { Asked } from './parts.ts'
import type { World } from './world.ts'

const [minute, hour, day] = [60, 3600, 86_400]
/** By the hour, the day and the week. */
const times = ['PT1H', 'PT24H', 'P7D'] as const
/** The first step of an hour's notice, of the others, and what follows. Mails leave three in three minutes. */
const steps = [
  6.5 * minute,
  4 * minute,
  4 * minute,
  12 * minute,
  4 * minute,
  15 * minute,
  6 * hour,
  4 * minute,
  6.5 * hour,
]
const later = [29.2 * hour, 4 * minute, 42 * hour, 3.5 * day]

/** Both lengths, one after the other. Answers how many times the time was turned. */
export async function beGone(world: World, mail: MailServer, asked: Asked, problems: string[]): Promise<number> {
  await untilSaturdayNight(world)
  const env = world.clocks.get('receiver')?.env ?? {}
  const hostings = [await Hosting.open(world, 'mudlark', env), await Hosting.open(world, 'teal', env)]
  const receivers = [world.receiver, ...hostings.map(({ receiver }) => receiver)]
  await staff(world)
  let turns = 0
  const goOn = async (seconds: number) => {
    turns += 1
    await world.goOn(seconds)
    await comeToRest(world)
  }
  for (const [length, days, again] of [
    ['7 days', [], 0],
    ['120 days', [23 * day + 60, 30 * day + 60, 30 * day + 60, 28 * day], 3],
  ] as const) {
    await Promise.all(receivers.map((receiver) => receiver.kill()))
    const before = mail.letters.length
    const since = await now(world)
    for (let count = 0; count < asked.rounds; count += 1)
      await Promise.all(world.streams.map((stream) => stream.submit(1, { deadline: { within: times[count % 3] } })))
    asked.tell(`${length}: ${asked.rounds} notices to each of ${receivers.length}, and nobody there`)
    await comeToRest(world)
    for (const seconds of [...steps, ...later]) await goOn(seconds)
    for (const seconds of days) {
      await goOn(seconds)
      await comeToReissue(world)
      for (let mails = 0; mails < 4; mails += 1) await goOn(4 * minute)
    }
    const mailed = mail.letters.length - before
    problems.push(...(await checkSteps(world, since)), ...(await checkReissues(world, since, again)))
    const counted = await countMails(world, since)
    asked.tell(`${mailed} mails in all; the most to one mailbox in an hour ${counted.mostInAnHour}`)
    problems.push(...(await checkMails(world, since, asked.rounds, again)))
    if (counted.all !== mailed) problems.push(`${counted.all} mails were noted, and ${mailed} left`)

    const back = await now(world)
    const quiet = mail.letters.length
    await Promise.all(receivers.map((receiver) => receiver.start()))
    // An endpoint that kept failing rests for five minutes at most, and what was tried often is tried twice a day.
    for (const seconds of [5.5 * minute, 14.5 * hour]) {
      if ((await waiting(world)) > 0) await goOn(seconds)
      await until(async () => (await waiting(world)) === 0, 60_000).catch(() => undefined)
      // Who has it and has not signed for it when the time goes on is a task of the desk's.
      await until(async () => (await unsigned(world)) === 0, 60_000).catch(() => undefined)
    }
    if ((await waiting(world)) > 0) problems.push(`${await waiting(world)} did not arrive on return from ${length}`)
    await goOn(hour)
    problems.push(...(await checkOrder(world, back)))
    for (const { raw } of mail.letters.slice(quiet))
      problems.push(`a mail after the return from ${length}: ${/^subject: .*/im.exec(raw)?.[0]}`)
    asked.tell(`back after ${length}: everything arrived, the oldest deadline first`)
  }
  return turns
}

/** A night on which who has office hours is not there. */
async function untilSaturdayNight(world: World): Promise<void> {
  const at = new Date(await now(world))
  const saturday = Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate() + 6 - at.getUTCDay(), 22)
  await world.goOn(Math.round((saturday - at.getTime()) / 1000) + (saturday < at.getTime() ? 7 * day : 0))
}

/** The first has somebody round the clock behind an office, the second two who never said, the third an office alone. */
async function staff(world: World): Promise<void> {
  await world.inGround(async ({ ground }) => {
    const cast = await seedCast(ground)
    for (const [orgId, email] of [
      [cast.tern, 'night@tern.example'],
      [cast.mudlark, 'second@mudlark.example'],
    ] as const)
      await addContact(ground, { orgId, kind: 'abuse', email, languages: ['en'], verified: true })
  })
  const office = JSON.stringify(
    ['mo', 'tu', 'we', 'th', 'fr'].map((on) => ({ day: on, from: '09:00', until: '17:00' })),
  )
  await world.look(async (client) => {
    await client.query('update contacts set verified_at = now(), lapses_at = null')
    await client.query("update contacts set hours = $1 where email in ('abuse@tern.example', 'abuse@teal.example')", [
      office,
    ])
    await client.query(`update contacts set hours = '"24x7"' where email = 'night@tern.example'`)
  })
}

async function now(world: World): Promise<number> {
  return world.look(async (client) => {
    const { rows } = await client.query<{ at: Date }>('select now() as at')
    return rows[0]?.at.getTime() ?? 0
  })
}

/** Every step that is due has been taken, every mail that may leave has left, and what follows is done. */
async function comeToRest(world: World): Promise<void> {
  await until(async () => (await dueSteps(world)) === 0, 120_000).catch(async () => {
    throw new Error(`${await dueSteps(world)} steps are due and not taken`)
  })
  await wait(1000)
}

/** The sweep comes once a minute. */
async function comeToReissue(world: World): Promise<void> {
  await until(
    () =>
      world.look(async (client) => {
        const { rows } = await client.query<{ n: number }>(
          `select count(*)::int as n from deliveries d join tokens t on t.jti = d.jti
           where d.next_attempt_at is not null and d.received_at is null and d.event like '%notice.issued' and t.issued_at < now() - interval '30 days'`,
        )
        return rows[0]?.n === 0
      }),
    180_000,
  )
  await comeToRest(world)
}

const waiting = (world: World) => countIssued(world, 'next_attempt_at is not null')
const unsigned = (world: World) => countIssued(world, "state = 'received'")

function countIssued(world: World, which: string): Promise<number> {
  return world.look(async (client) => {
    const { rows } = await client.query<{ n: number }>(
      `select count(*)::int as n from deliveries where ${which} and event like '%notice.issued'`,
    )
    return rows[0]?.n ?? 0
  })
}
