import { randomUUID } from 'node:crypto'
import { Pool } from 'undici'
import { freePorts } from '../../running/portal.ts'
import { startChild } from '../child.ts'
import { inLanes } from '../measure.ts'
import type { DeliveryLine } from './line.ts'
import { untilDelivered } from './several.ts'

const lanes = 8

/**
 * So many whole portals, each with its worker inside, on one database: notices are submitted to them in turn and delivered
 * by whoever claims them. Answers notices a second from the first request to the last arrival, and what went wrong.
 */
export async function withPortals(line: DeliveryLine, portals: number, count: number) {
  const origins: string[] = []
  const children = []
  for (let number = 0; number < portals; number += 1) {
    const port = await freePorts(8)
    origins.push(`http://127.0.0.1:${port}`)
    children.push(await startChild('./portal-process.ts', { ...line.env, NOTICELINE_PORT: String(port) }))
  }
  const pools = origins.map((origin) => new Pool(origin, { connections: lanes }))
  try {
    await line.sink.ask('forget')
    const began = performance.now()
    await inLanes(count, lanes, async (index) => {
      const pool = pools[index % pools.length]
      if (pool) await submitOne(pool, line, index)
    })
    const late = began + 300_000
    while ((await line.sink.ask<{ arrivals: number }>('count')).arrivals < count && performance.now() < late) {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    await untilDelivered(line, late)
    const seconds = (performance.now() - began) / 1000
    const { arrivals, repeated } = await line.sink.ask<{ arrivals: number; repeated: number }>('count')
    return { perSecond: count / seconds, arrivals, repeated }
  } finally {
    await Promise.all(pools.map((pool) => pool.close()))
    await Promise.all(children.map((child) => child.stop()))
  }
}

async function submitOne(pool: Pool, line: DeliveryLine, index: number): Promise<void> {
  const to = index % line.ports.length
  const answer = await pool.request({
    path: '/v1/notices',
    method: 'POST',
    headers: {
      authorization: `Bearer ${line.token}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    },
    body: JSON.stringify({
      regime: 'ntd_code',
      category: 'csam',
      legal_class: 'baseline',
      grounds: { reasons: 'An invented case.', good_faith: true },
      items: [{ url: `http://127.0.${to}.1/${randomUUID()}.jpg`, scope: 'file' }],
    }),
  })
  const text = await answer.body.text()
  if (answer.statusCode !== 201) throw new Error(`The portal answered ${answer.statusCode}: ${text}`)
}
