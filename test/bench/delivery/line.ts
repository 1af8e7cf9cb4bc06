/** A line with many endpoints on it, and as many deliveries due on it as a measurement wants. */
import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { eventTypes, generateKey } from '@noticeline/sdk/protocol'
import pg from 'pg'
import { historyOf } from '../../../portal/facts/history.ts'
import { type BuiltGround, findDatabase } from '../../../portal/ground/build-ground.server.ts'
import type { Connection } from '../../../portal/ground/database.server.ts'
import { submitNotice } from '../../../portal/notices/submit-notice.ts'
import type { ProgramActor } from '../../../portal/people/may.ts'
import { addEndpoint } from '../../../portal/providers/add-endpoint.ts'
import { react } from '../../../portal/reactions.ts'
import { type DatabaseName, openDatabaseServer } from '../../running/database.ts'
import { freshDataDir } from '../../running/portal.ts'
import { addNotifier, addProvider, programOf } from '../cast.ts'
import { type Child, startChild } from '../child.ts'
import { openGround } from '../gauged-portal.ts'
import type { Behaviour } from './sink-process.ts'

export interface LineOptions {
  /** One endpoint each, of a company of its own. */
  behaviours: readonly Behaviour[]
  /** Which of them have their tokens sealed, by their number. */
  sealed: (number: number) => boolean
  database: DatabaseName
}

export interface DeliveryLine {
  readonly built: BuiltGround
  readonly env: Record<string, string>
  readonly connection: Connection
  readonly pool: pg.Pool
  /** The endpoints that keep to the protocol. */
  readonly sink: Child
  readonly notifier: ProgramActor
  /** What a program of the notifier shows the API. */
  readonly token: string
  readonly orgIds: readonly string[]
  readonly ports: readonly number[]
  /**
   * Makes so many notices due, in turn for everybody; `to` are the numbers of endpoints, `addresses` how many each names, one
   * or three; left out, three. As if submitted and signed. Answers their ids.
   */
  queue(count: number, to?: readonly number[], addresses?: 1 | 3): Promise<string[]>
  /** How many deliveries still wait for their first arrival; `to` as above. */
  waiting(to?: readonly number[]): Promise<number>
  /** Submits a notice to one of them and runs what follows from it. */
  submit(to: number): Promise<string>
  close(): Promise<void>
}

export async function openLine({ behaviours, sealed, database }: LineOptions): Promise<DeliveryLine> {
  const server = database === 'debian' ? await openDatabaseServer('debian') : null
  const dataDir = server?.dataDir ?? freshDataDir()
  const env = { NOTICELINE_MODE: 'test', NOTICELINE_LOG_LEVEL: 'error', NOTICELINE_DATA_DIR: dataDir, ...server?.env }
  const built = await openGround(env)
  const { ground } = built
  const found = await findDatabase({ databaseUrl: server?.env['DATABASE_URL'] ?? null, dataDir })
  const pool = new pg.Pool({ ...found.connection, max: 4 })
  const sink = await startChild('./delivery/sink-process.ts')
  // Whoever misbehaves does so in a process of its own: somebody else's machine is not slower for it.
  const others = behaviours.every((one) => one === 'good') ? null : await startChild('./delivery/sink-process.ts')
  const listen = async (child: Child | null, good: boolean) => {
    const own = behaviours.filter((one) => (one === 'good') === good)
    return child === null ? [] : child.ask<number[]>('listen', { behaviours: own })
  }
  const open = { good: await listen(sink, true), other: await listen(others, false) }
  const ports = behaviours.map((one) => (one === 'good' ? open.good : open.other).shift() ?? 0)
  const orgIds: string[] = []
  for (const [number, port] of ports.entries()) {
    const provider = await addProvider(ground, `Provider ${number} of the bench`, number)
    orgIds.push(provider.orgId)
    const actor = await programOf(ground, provider.token)
    const added = await addEndpoint(ground, actor, {
      url: `http://127.0.0.1:${port}/`,
      signing_keys: [(await generateKey('sig')).publicJwk],
      sealing_key: sealed(number) ? (await generateKey('enc')).publicJwk : null,
    })
    if (added.result !== 'added') throw new Error(`The endpoint was refused: ${added.result}`)
  }
  // Those that misbehave would pass no verification: they began to after it.
  await pool.query(`update endpoints set state = 'active', verified_at = now(), verified_grade = 'answered'`)
  const { token } = await addNotifier(ground, 'Notifier of the bench')
  const notifier = await programOf(ground, token)

  async function submit(to: number, addresses: 1 | 3 = 3): Promise<string> {
    const items = [1, 2, 3]
      .slice(0, addresses)
      .map((item) => ({ url: `http://127.0.${to}.1/${randomUUID()}/${item}.jpg`, scope: 'file' }))
    const input = { regime: 'ntd_code', category: 'csam', legal_class: 'baseline', items }
    const taken = await submitNotice(ground, notifier, input, { origin: 'api' })
    if (taken.result !== 'submitted') throw new Error(`The notice was refused: ${taken.result}`)
    const [issued] = await historyOf(ground, taken.noticeId)
    if (issued) await react(ground, 'queueDelivery', issued)
    return taken.noticeId
  }

  const samples = { 1: [] as Sample[], 3: [] as Sample[] }
  for (const number of [...ports.keys(), ...ports.keys()]) {
    const addresses = samples[1].length < ports.length ? 1 : 3
    const noticeId = await submit(number, addresses)
    const { rows } = await pool.query('select jti, data_key, sealed from tokens where notice_id = $1 and event = $2', [
      noticeId,
      eventTypes.issued,
    ])
    const [{ jti, data_key: dataKey, sealed: bytes }] = rows
    samples[addresses].push({ noticeId, raw: ground.vault.open(dataKey, `token:${jti}`, bytes).toString('ascii') })
    await pool.query('update deliveries set next_attempt_at = null where notice_id = $1', [noticeId])
  }
  // What the samples caused is none of what is measured.
  await pool.query('update observed_items set next_look_at = null')
  await pool.query('delete from queue.job')

  let made = 0
  async function queue(
    count: number,
    to: readonly number[] = [...ports.keys()],
    addresses: 1 | 3 = 3,
  ): Promise<string[]> {
    const ids: string[] = []
    for (let from = 0; from < count; from += 1000) {
      const some = Array.from({ length: Math.min(1000, count - from) }, (_, index) => {
        made += 1
        const sample = samples[addresses][to[(from + index) % to.length] ?? 0]
        if (!sample) throw new Error('No such endpoint')
        const id = made.toString(36).padStart(26, '0')
        const raw = withTxn(sample.raw, `ntc_${id}`)
        const dataKey = Buffer.from(ground.vault.newKey())
        const bytes = Buffer.from(ground.vault.seal(dataKey, `token:evt_${id}`, raw))
        return { id, of: sample.noticeId, dataKey, bytes }
      })
      await insertLike(pool, some)
      ids.push(...some.map(({ id }) => `ntc_${id}`))
    }
    return ids
  }

  return {
    built,
    env,
    connection: found.connection,
    pool,
    sink,
    notifier,
    token,
    orgIds,
    ports,
    queue,
    submit,
    async waiting(to = [...ports.keys()]) {
      const { rows } = await pool.query(
        `select count(*)::int as n from deliveries where next_attempt_at is not null and org_id = any($1)`,
        [to.map((number) => orgIds[number])],
      )
      return rows[0].n
    },
    async close() {
      await sink.stop()
      await others?.stop()
      await pool.end()
      await found.leave()
      await built.close()
      await server?.destroy()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

interface Sample {
  noticeId: string
  raw: string
}

/** Another notice's id in the same token. Nobody here looks at its signature. */
function withTxn(raw: string, noticeId: string): string {
  const [head, payload, signature] = raw.split('.')
  const text = Buffer.from(payload ?? '', 'base64url').toString('utf8')
  return `${head}.${Buffer.from(text.replace(/ntc_[0-9a-z]{26}/g, noticeId)).toString('base64url')}.${signature}`
}

type Copy = { id: string; of: string; dataKey: Buffer; bytes: Buffer }

/** The same rows under new ids: what submitting and signing leave behind. */
async function insertLike(pool: pg.Pool, copies: readonly Copy[]): Promise<void> {
  const values = [copies.map(({ id }) => id), copies.map(({ of }) => of)]
  const copy = (table: string, where: string, change: string) =>
    `insert into ${table} select r.* from unnest($1::text[], $2::text[]) as c (id, of)
     join ${table} as t on ${where}
     cross join lateral jsonb_populate_record(t, jsonb_build_object(${change})) as r`
  const item = `'itm_' || overlay(c.id placing t.position::text from 1 for 1)`
  const itemOf = `(select 'itm_' || overlay(c.id placing i.position::text from 1 for 1) from items i where i.id = t.item_id)`
  const notice = `'notice_id', 'ntc_' || c.id`
  const client = await pool.connect()
  try {
    await client.query('begin')
    // By an index, or whoever queues holds up what is measured as soon as a table has grown since it was last counted.
    await client.query(
      `select set_config(name, 'off', true) from unnest(array['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin', 'jit']) as name`,
    )
    await client.query(copy('notices', 't.id = c.of', `'id', 'ntc_' || c.id`), values)
    await client.query(copy('items', 't.notice_id = c.of', `'id', ${item}, ${notice}`), values)
    await client.query(copy('addressees', 't.notice_id = c.of', `'item_id', ${itemOf}, ${notice}`), values)
    await client.query('insert into fact_heads select $2 || id, 0, $3 from unnest($1::text[]) as c (id)', [
      values[0],
      'ntc_',
      Buffer.alloc(32),
    ])
    await client.query(copy('inbox_rows', 't.notice_id = c.of', `'item_id', ${itemOf}, ${notice}`), values)
    await client.query(
      `insert into tokens (jti, org_id, notice_id, seq, event, kid, set_sha256, data_key, sealed, issued_at, item_ids)
       select 'evt_' || c.id, t.org_id, 'ntc_' || c.id, t.seq, t.event, t.kid, t.set_sha256, c.key, c.bytes, now(),
              (select array_agg('itm_' || overlay(c.id placing i.position::text from 1 for 1)) from items i where i.notice_id = c.of)
       from unnest($1::text[], $2::text[], $3::bytea[], $4::bytea[]) as c (id, of, key, bytes)
       join tokens as t on t.notice_id = c.of`,
      [...values, copies.map(({ dataKey }) => dataKey), copies.map(({ bytes }) => bytes)],
    )
    await client.query(
      copy(
        'deliveries',
        't.notice_id = c.of',
        `'id', 'dlv_' || c.id, ${notice}, 'jti', 'evt_' || c.id, 'next_attempt_at', now(), 'created_at', now(),
         'deadline_at', now() + interval '24 hours'`,
      ),
      values,
    )
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}
