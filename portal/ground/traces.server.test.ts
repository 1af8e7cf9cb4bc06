import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { createFrozenClock } from './clock.ts'
import type { SpanAbout } from './ground.ts'
import { createTraces, type OpenTraces, traceOf } from './traces.server.ts'

const notice = 'ntc_01hzy3v7k2q8r9s0t1v2w3x4y5'
const other = 'ntc_01hzy3v7k2q8r9s0t1v2w3x4y6'
const at = '2026-11-22T09:00:00.000Z'

/** What a collector that answers so was sent, after all that waited was. */
async function collected(status: number, work: (traces: OpenTraces) => Promise<unknown>) {
  const bodies: string[] = []
  const warned: string[] = []
  const server = createServer((request, answer) => {
    let body = ''
    request.on('data', (chunk) => (body += chunk))
    request.on('end', () => {
      bodies.push(`${request.method} ${request.url} ${request.headers['content-type']}\n${body}`)
      answer.writeHead(status, { location: '/elsewhere' }).end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const traces = createTraces({
    endpoint: `http://127.0.0.1:${port}/`,
    clock: createFrozenClock(at),
    log: { warn: (event) => void warned.push(event) },
  })
  await work(traces)
  await traces.close()
  await new Promise((resolve) => server.close(resolve))
  const spans = bodies.flatMap(
    (body) => JSON.parse(body.slice(body.indexOf('\n'))).resourceSpans[0].scopeSpans[0].spans,
  )
  return { bodies, warned, spans }
}

test('what is done for one notice is one trace, in every process; a batch is linked to the traces of all that are in it', async () => {
  const { bodies, spans } = await collected(200, async (traces) => {
    expect(
      await traces.span(
        'submit',
        {},
        async () => 7,
        () => ({ noticeId: notice, code: 'submitted' }),
      ),
    ).toBe(7)
    await traces.span(
      'attempt',
      { noticeId: notice, attempt: 2 },
      async () => 202,
      (status) => ({ status }),
    )
    await traces.span('finish', { count: 2, noticeIds: [notice, other, notice] }, async () => {})
    await traces.span(
      'claim',
      {},
      async () => 0,
      () => null,
    )
  })
  expect(bodies.map((body) => body.split('\n')[0])).toEqual(['POST /v1/traces application/json'])
  expect(spans.map(({ name }: { name: string }) => name)).toEqual(['submit', 'attempt', 'finish'])
  const [submit, attempt, finish] = spans
  expect([submit.traceId, attempt.traceId]).toEqual([traceOf(notice), traceOf(notice)])
  expect(submit.traceId).toMatch(/^[0-9a-f]{32}$/)
  expect(finish.traceId).not.toBe(submit.traceId)
  expect(finish.links.map(({ traceId }: { traceId: string }) => traceId)).toEqual([traceOf(notice), traceOf(other)])
  expect(attempt.attributes).toEqual([
    { key: 'noticeline.notice_id', value: { stringValue: notice } },
    { key: 'noticeline.attempt', value: { intValue: '2' } },
    { key: 'noticeline.status', value: { intValue: '202' } },
  ])
  expect(submit.startTimeUnixNano).toBe(`${Date.parse(at)}000000`)
  expect(BigInt(submit.endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(submit.startTimeUnixNano))
})

test('what is not on the list of the log, or does not look like what its name says, is not in a span', async () => {
  const address = 'https://cust42.tern.example/g/7f3a.jpg'
  const about = { noticeId: address, code: address, kind: 'cust42.tern.example', url: address, count: 3 }
  const { bodies, spans } = await collected(200, async (traces) => {
    await traces.span('look', about as SpanAbout, async () => {})
    await expect(
      traces.span('look', {}, async () => {
        throw new Error(address)
      }),
    ).rejects.toThrow(address)
  })
  expect(
    spans.map(({ attributes, status }: { attributes: unknown[]; status: { code: number } }) => [
      attributes,
      status.code,
    ]),
  ).toEqual([
    [[{ key: 'noticeline.count', value: { intValue: '3' } }], 0],
    [[], 2],
  ])
  expect(bodies.join()).not.toMatch(/cust42|tern\.example|7f3a/)
})

test.each([302, 400, 503])(
  'a collector that answers %i is asked once and followed nowhere, and the work is done',
  async (status) => {
    const { bodies, warned } = await collected(status, async (traces) => {
      expect(await traces.span('mail', {}, async () => 'sent')).toBe('sent')
    })
    expect([bodies.length, warned]).toEqual([1, ['traces not sent']])
  },
)

test('where nobody collects, or the collector is not there, only the work is done', async () => {
  const warned: string[] = []
  const options = { clock: createFrozenClock(at), log: { warn: (event: string) => void warned.push(event) } }
  for (const endpoint of [null, 'http://127.0.0.1:9']) {
    const traces = createTraces({ endpoint, ...options })
    for (let index = 0; index < 3_000; index += 1) await traces.span('claim', { count: index }, async () => {})
    await traces.close()
  }
  expect(new Set(warned)).toEqual(new Set(['traces not sent']))
})
