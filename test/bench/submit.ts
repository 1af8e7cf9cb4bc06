import { randomUUID } from 'node:crypto'
import { Pool } from 'undici'
import { findDatabase } from '../../portal/ground/build-ground.server.ts'
import { countRows, insertSample, makeBareTables, openPool, sampleNotice } from './bare-rows.ts'
import { addNotifier, addProvider } from './cast.ts'
import { openGround, startGauged } from './gauged-portal.ts'
import { type Bench, inLanes, measure } from './measure.ts'

const lanes = 8

/** A notice of three items over HTTP; the worker is apart and does not run, so that only submitting is measured. */
export async function submit(scale: number): Promise<Bench> {
  const count = Math.ceil(400 * scale)
  const portal = await startGauged({ NOTICELINE_MODE: 'test', NOTICELINE_WORKER: 'apart' })
  const { ground, close } = await openGround(portal.env)
  const notifier = await addNotifier(ground, 'Notifier of the bench')
  await addProvider(ground, 'Provider of the bench', 100)
  await close()
  const { connection, leave } = await findDatabase({ databaseUrl: null, dataDir: portal.dataDir })
  const pool = openPool(connection, lanes)
  await makeBareTables(pool)
  const http = new Pool(portal.origin, { connections: lanes })

  let submitted = 0
  const submitOne = async (): Promise<string> => {
    submitted += 1
    const answer = await http.request({
      path: '/v1/notices',
      method: 'POST',
      headers: {
        authorization: `Bearer ${notifier.token}`,
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
      },
      body: JSON.stringify({
        regime: 'ntd_code',
        category: 'csam',
        legal_class: 'baseline',
        reference: `BENCH-${submitted}`,
        grounds: { reasons: 'An invented case.', good_faith: true },
        items: [1, 2, 3].map((number) => ({ url: `http://127.0.100.1/${submitted}/${number}.jpg`, scope: 'file' })),
      }),
    })
    const text = await answer.body.text()
    if (answer.statusCode !== 201) throw new Error(`The portal answered ${answer.statusCode}: ${text}`)
    return JSON.parse(text).id
  }
  const sample = await sampleNotice(pool, await submitOne())
  const portalCpu = async () => (await portal.read()).cpuMs
  return {
    ours: [
      {
        name: 'submit: `POST /v1/notices`, three items',
        run: () => measure(count, () => inLanes(count, lanes, submitOne), portalCpu),
      },
    ],
    peers: [
      {
        name: `the same ${countRows(sample)} rows inserted by \`pg\`, one transaction a notice`,
        less: 'no HTTP, no token, no idempotency, reads no JSON, looks up no network and no duplicate, seals and hashes nothing, computes no headline; writes finished rows',
        run: () => measure(count, () => inLanes(count, lanes, () => insertSample(pool, sample))),
      },
    ],
    close: async () => {
      await http.close()
      await pool.end()
      await leave()
      await portal.stop()
    },
  }
}
