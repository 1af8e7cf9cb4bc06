import { tokenMediaType } from '@noticeline/sdk/protocol'
import { Pool } from 'undici'
import { newId } from '../../portal/facts/id.ts'
import { makeBareTables, openPool } from './bare-rows.ts'
import { openLine } from './delivery/line.ts'
import { deliverAll } from './delivery/throughput.ts'
import { type Bench, inLanes, measure } from './measure.ts'

const endpoints = 100
const lanes = 32

/** This process is the worker, with the engine as `worker.ts` runs it. The endpoints are in a process of their own. */
export async function deliver(scale: number): Promise<Bench> {
  const count = Math.ceil((6_000 * scale) / lanes) * lanes
  const line = await openLine({
    behaviours: Array.from({ length: 2 * endpoints }, () => 'good' as const),
    sealed: (number) => number >= endpoints,
    database: process.argv.includes('--debian') ? 'debian' : 'embedded',
  })
  const pool = openPool(line.connection, lanes)
  await makeBareTables(pool)
  // The peers write attempts of deliveries that need not exist.
  await pool.query('alter table bare.attempts drop constraint attempts_delivery_id_fkey')
  const [endpoint] = (await pool.query('select id, org_id from public.endpoints limit 1')).rows
  const http = new Pool(`http://127.0.0.1:${line.ports[0]}`, { connections: lanes })
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
  const open = Array.from({ length: endpoints }, (_, number) => number)
  const sealed = open.map((number) => endpoints + number)
  const ours = (name: string, to: readonly number[], addresses: 1 | 3) => ({
    name,
    run: async () => {
      await line.queue(count, to, addresses)
      await line.sink.ask('forget')
      return measure(count, () => deliverAll(line, count))
    },
  })
  const peer = (work: () => Promise<unknown>) => () => measure(count, () => inLanes(count, lanes, work))
  return {
    ours: [
      ours('deliver: the engine, notices of one address', open, 1),
      ours('deliver: the engine, notices of three addresses', open, 3),
      ours('deliver: the engine, notices of three addresses, sealed', sealed, 3),
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
      await line.close()
    },
  }
}
