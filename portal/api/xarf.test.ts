import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { type Stage, withApi } from './with-api.ts'

const report = {
  xarf_version: '4.2.0',
  report_id: '0b9f8a57-5d4b-4c6c-9d8e-3d1f0c7a5b21',
  timestamp: '2026-11-20T10:30:00Z',
  reporter: { org: 'Somebody Else', contact: 'desk@else.example', domain: 'else.example' },
  sender: { org: 'Somebody Else', contact: 'desk@else.example', domain: 'else.example' },
  source_identifier: '203.0.113.80',
  category: 'content',
  type: 'csam',
  url: 'https://cust42.tern.example/g/7f3a.jpg',
  classification: 'A1',
  detection_method: 'manual_review',
  evidence: [{ content_type: 'text/plain', payload: 'bmV2ZXIgc3RvcmVk' }],
}

test('a csam report becomes a notice of whoever the token says', () =>
  withApi(async ({ call, baken, tern }) => {
    const { status, headers, json } = await call('POST', '/v1/xarf', { token: baken.token, body: report })
    expect(status).toBe(201)
    expect(headers.get('location')).toMatch(new RegExp(`/v1/notices/${json.id}$`))
    expect(json).toMatchObject({
      regime: 'ntd_code',
      category: 'csam',
      legal_class: 'baseline',
      reference: report.report_id,
      notifier: { id: baken.orgId },
      items: [{ attribution: { provider: tern.orgId } }],
    })
  }))

test('evidence and reporter are stored nowhere', () =>
  withApi(async ({ call, baken, ground }) => {
    const headers = { 'idempotency-key': 'x1' }
    const { json } = await call('POST', '/v1/xarf', { token: baken.token, body: report, headers })
    const { dataKey, sealed } = await ground.db.read
      .selectFrom('notices')
      .select(['dataKey', 'sealed'])
      .where('id', '=', json.id)
      .executeTakeFirstOrThrow()
    const opened = ground.vault.open(dataKey as Buffer, `notice:${json.id}`, sealed as Buffer).toString()
    const facts = await ground.db.read.selectFrom('facts').select('payload').execute()
    const kept = await ground.db.read.selectFrom('idempotency').selectAll().execute()
    const everything = opened + JSON.stringify(facts) + JSON.stringify(kept)
    expect(everything).not.toMatch(/bmV2ZXIgc3RvcmVk|else\.example|Somebody/)
  }))

test('another type is not served', () =>
  withApi(async ({ call, baken }) => {
    const body = { ...report, type: 'phishing' }
    const { status, json } = await call('POST', '/v1/xarf', { token: baken.token, body })
    expect([status, json.code, json.errors[0].pointer]).toEqual([422, 'category_not_served', '/type'])
  }))

test('what the notice cannot take is refused with a pointer into the report', () =>
  withApi(async ({ call, baken, ground }) => {
    const before = await ground.facts.kinds()
    const wrong: [what: string, more: object, pointer: string][] = [
      ['a missing classification', { classification: undefined }, '/classification'],
      ['a private address', { url: 'http://10.1.2.3/x' }, '/url'],
      ['credentials', { url: 'https://a:b@cust42.tern.example/x' }, '/url'],
      ['a private source', { source_identifier: '10.1.2.3' }, '/source_identifier'],
      ['a digest that is none', { hash_values: { sha256: 'xyz' } }, '/hash_values/sha256'],
      ['a time to come', { verified_at: '2027-01-01T00:00:00Z' }, '/verified_at'],
    ]
    for (const [what, more, pointer] of wrong) {
      const { status, json } = await call('POST', '/v1/xarf', { token: baken.token, body: { ...report, ...more } })
      expect([what, status, json.code]).toEqual([what, 422, 'invalid'])
      expect([what, ...json.errors.map((error: { pointer: string }) => error.pointer)]).toContain(pointer)
    }
    expect(await ground.facts.kinds()).toEqual(before)
  }))

// The published samples are not part of this repository.
const samples = fileURLToPath(new URL('../../../shared/data/xarf/samples/v4/', import.meta.url))
describe.runIf(existsSync(samples))(
  `the published samples, as they stand${existsSync(samples) ? '' : ' (XARF 4 samples are not beside the repository)'}`,
  () => {
    const read = (file: string) => JSON.parse(readFileSync(`${samples}${file}`, 'utf8'))
    const submit = ({ call, baken }: Stage, file: string) =>
      call('POST', '/v1/xarf', { token: baken.token, body: read(file) })

    test.each(['content-csam.json', 'content-csem.json'])('%s is stored and waits for its addressee', (file) =>
      withApi(async (stage) => {
        const { status, json } = await submit(stage, file)
        expect([status, json.items[0].headline]).toEqual([202, 'unattributed'])
      }),
    )

    test('every other is refused with its pointer', () =>
      withApi(async (stage) => {
        const others = readdirSync(samples).filter((file) => file.endsWith('.json') && !/cs[ae]m/.test(file))
        for (const file of others) {
          const { status, json } = await submit(stage, file)
          expect([file, status, json.code, json.errors[0].pointer]).toEqual([file, 422, 'category_not_served', '/type'])
        }
        expect(others).toHaveLength(30)
      }))
  },
)
