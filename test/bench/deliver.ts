import { rmSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { generateKey, tokenMediaType } from '@noticeline/sdk/protocol'
import { Pool } from 'undici'
import { attemptDueDeliveries } from '../../portal/delivery/attempt-delivery.ts'
import { historyOf } from '../../portal/facts/history.ts'
import { newId } from '../../portal/facts/id.ts'
import { findDatabase } from '../../portal/ground/build-ground.server.ts'
import type { Ground } from '../../portal/ground/ground.ts'
import { submitNotice } from '../../portal/notices/submit-notice.ts'
import { addEndpoint } from '../../portal/providers/add-endpoint.ts'
import { confirmEndpoint } from '../../portal/providers/confirm-endpoint.ts'
import { react } from '../../portal/reactions.ts'
import { freshDataDir } from '../running/portal.ts'
import { makeBareTables, openPool } from './bare-rows.ts'
import { addNotifier, addProvider, programOf } from './cast.ts'
import { startChild } from './child.ts'
import { openGround } from './gauged-portal.ts'
import { type Bench, inLanes, measure } from './measure.ts'

/** An endpoint gets two at a time, so that many providers keep 32 in flight: as many as the timetable takes at once. */
const providers = 16
const lanes = 32
const timetableRest = 500

/** This process is the worker: it takes what is due in four lanes, as the timetable does. The sink is a process of its own. */
export async function deliver(scale: number): Promise<Bench> {
  const count = Math.ceil((480 * scale) / lanes) * lanes
  const dataDir = freshDataDir()
  const env = { NOTICELINE_MODE: 'test', NOTICELINE_DATA_DIR: dataDir }
  const { ground, close } = await openGround(env)
  const sink = await startChild('./sink-process.ts')
  const origin = `http://127.0.0.1:${await sink.ask<number>('listen')}`
  const networks = await connectProviders(ground, origin)
  const notifier = await programOf(ground, (await addNotifier(ground, 'Notifier of the bench')).token)

  let submitted = 0
  const queueOne = async (): Promise<void> => {
    submitted += 1
    const number = submitted
    const network = networks[number % networks.length]
    const items = [1, 2, 3].map((item) => ({ url: `http://127.0.${network}.1/${number}/${item}.jpg`, scope: 'file' }))
    const input = { regime: 'ntd_code', category: 'csam', legal_class: 'baseline', items }
    const taken = await submitNotice(ground, notifier, input, { origin: 'api' })
    if (taken.result !== 'submitted') throw new Error(`The notice was refused: ${taken.result}`)
    const [issued] = await historyOf(ground, taken.noticeId)
    if (issued) await react(ground, 'queueDelivery', issued)
  }
  const { connection, leave } = await findDatabase({ databaseUrl: null, dataDir })
  const pool = openPool(connection, lanes)
  await makeBareTables(pool)
  // The peers write attempts of deliveries that need not exist.
  await pool.query('alter table bare.attempts drop constraint attempts_delivery_id_fkey')
  const [endpoint] = (await pool.query('select id, org_id from public.endpoints limit 1')).rows
  const http = new Pool(origin, { connections: lanes })
  const body = 'x'.repeat(3000)
  const post = async () => {
    const answer = await http.request({
      path: '/bare',
      method: 'POST',
      headers: { 'content-type': tokenMediaType, accept: 'application/json' },
      body,
    })
    await answer.body.dump()
    if (answer.statusCode !== 202) throw new Error(`The sink answered ${answer.statusCode}`)
  }
  const insert = async () => {
    const id = newId('try')
    const text = `insert into bare.attempts (id, delivery_id, org_id, endpoint_id, number, started_at)
                  values ($1, $2, $3, $4, 1, now())`
    await pool.query({ name: 'begin attempt', text, values: [id, newId('dlv'), endpoint.org_id, endpoint.id] })
    return id
  }
  const update = (id: string) => {
    const text = `update bare.attempts set finished_at = now(), result = 'received', status = 202, ms = 1 where id = $1`
    return pool.query({ name: 'end attempt', text, values: [id] })
  }
  const peer = (work: () => Promise<unknown>) => () => measure(count, () => inLanes(count, lanes, work))
  return {
    ours: [
      {
        name: 'deliver: `attemptDueDeliveries`, sealed',
        run: async () => {
          await inLanes(count, 8, queueOne)
          let delivered = 0
          const done = new AbortController()
          const lane = async (worker: number): Promise<void> => {
            while (delivered < count) {
              if (performance.now() > late) throw new Error(`Only ${delivered} of ${count} were delivered in time`)
              const tried = await attemptDueDeliveries(ground, { workerId: `bench-${worker}`, limit: lanes })
              delivered += tried
              if (delivered >= count) done.abort()
              // Whatever may be in flight is in flight in the other lanes.
              else if (tried === 0) await wait(timetableRest, null, { signal: done.signal }).catch(() => {})
            }
          }
          const late = performance.now() + 120_000
          return measure(count, async () => void (await Promise.all([1, 2, 3, 4].map(lane))))
        },
      },
    ],
    peers: [
      {
        name: 'durable rows: one insert and one update a delivery',
        less: 'sends nothing; no claim among workers, no state of the delivery, no clock, no chained facts, no list kept true',
        run: peer(async () => update(await insert())),
      },
      {
        name: 'durable rows around a POST by undici',
        less: 'as above, except that it sends: finished bytes to a known address, over lines that stay open',
        run: peer(async () => {
          const id = await insert()
          await post()
          await update(id)
        }),
      },
      {
        name: 'bare undici loop',
        less: 'remembers nothing, seals nothing, checks no address, keeps its lines open',
        run: peer(post),
      },
    ],
    close: async () => {
      await http.close()
      await pool.end()
      await leave()
      await close()
      await sink.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

async function connectProviders(ground: Ground, origin: string): Promise<number[]> {
  const networks: number[] = []
  for (let number = 0; number < providers; number += 1) {
    const provider = await addProvider(ground, `Provider ${number} of the bench`, 100 + number)
    const actor = await programOf(ground, provider.token)
    const added = await addEndpoint(ground, actor, {
      url: `${origin}/${number}`,
      signing_keys: [(await generateKey('sig')).publicJwk],
      sealing_key: (await generateKey('enc')).publicJwk,
    })
    if (added.result !== 'added') throw new Error(`The endpoint was refused: ${added.result}`)
    const confirmed = await confirmEndpoint(ground, actor, added.endpoint.id)
    if (confirmed.result !== 'confirmed') throw new Error(`The endpoint was not confirmed: ${confirmed.result}`)
    networks.push(100 + number)
  }
  return networks
}
