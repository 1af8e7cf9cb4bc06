import { describe, expect, test } from 'vitest'
import { parseJson, readBody } from './body.ts'

function post(body: BodyInit, headers: Record<string, string> = { 'content-type': 'application/json' }): Request {
  return new Request('https://portal.example/v1/notices', {
    method: 'POST',
    body,
    headers,
    duplex: 'half',
  } as RequestInit)
}

/** A body that never says how long it is, and counts what was taken of it. */
function endless(chunk: number) {
  const sent = { bytes: 0 }
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        sent.bytes += chunk
        controller.enqueue(new Uint8Array(chunk).fill(0x20))
      },
    },
    { highWaterMark: 0 },
  )
  return { stream, sent }
}

describe('a body', () => {
  test('is read as it is', async () => {
    expect(await readBody(post('{"a":"é"}'), ['application/json'])).toEqual({
      read: true,
      mediaType: 'application/json',
      text: '{"a":"é"}',
    })
  })

  test('of exactly 256 KiB is taken, one byte more is not', async () => {
    expect(await readBody(post(' '.repeat(262_144)), ['application/json'])).toMatchObject({ read: true })
    expect(await readBody(post(' '.repeat(262_145)), ['application/json'])).toMatchObject({ code: 'body_too_large' })
  })

  test('that says it is too long is not read at all', async () => {
    const { stream, sent } = endless(1024)
    const request = post(stream, { 'content-type': 'application/json', 'content-length': '1048576' })
    expect(await readBody(request, ['application/json'])).toMatchObject({ read: false, code: 'body_too_large' })
    expect(sent.bytes).toBe(0)
  })

  test('without a length is counted while it arrives, and no more is taken than is needed to refuse it', async () => {
    const { stream, sent } = endless(65_536)
    expect(await readBody(post(stream), ['application/json'])).toMatchObject({ code: 'body_too_large' })
    expect(sent.bytes).toBeLessThanOrEqual(262_144 + 2 * 65_536)
  })

  test.each([
    [{ 'content-type': 'text/plain' }],
    [{ 'content-type': '' }],
    [{ 'content-type': 'application/json; charset=iso-8859-1' }],
    [{ 'content-type': 'application/json', 'content-encoding': 'gzip' }],
  ])('sent as %j is of no supported type', async (headers) => {
    expect(await readBody(post('{}', headers), ['application/json'])).toMatchObject({ code: 'unsupported_media_type' })
  })

  test.each(['application/json', 'Application/JSON; charset=UTF-8', 'application/json;charset="utf-8"'])(
    'may be called %s',
    async (type) => {
      expect(await readBody(post('{}', { 'content-type': type }), ['application/json'])).toMatchObject({ read: true })
    },
  )

  test('that is not UTF-8 is refused', async () => {
    const bytes = new Uint8Array([0x22, 0xc3, 0x28, 0x22])
    expect(await readBody(post(bytes), ['application/json'])).toMatchObject({ code: 'malformed_json' })
  })
})

describe('JSON', () => {
  test.each(['', '{', '{"a":1}{"b":2}', "{'a':1}", '\ufeff{}', 'NaN', '{"a":1,}'])('%j is malformed', (text) => {
    expect(parseJson(text).parsed).toBe(false)
  })

  test('that names a member twice is malformed, however deep and however spelled', () => {
    expect(parseJson('{"a":[{"url":1,"b":{},"url":2}]}').parsed).toBe(false)
    expect(parseJson('{"url":1,"\\u0075rl":2}').parsed).toBe(false)
  })

  test('may use one name in several objects, and as a value', () => {
    expect(parseJson('{"a":{"a":"a"},"b":[{"a":1},{"a":"a:"}],"c":"\\"a\\":"}').parsed).toBe(true)
  })

  test('of any depth and any length of text is read without falling over', () => {
    expect(parseJson('['.repeat(100_000) + ']'.repeat(100_000)).parsed).toBe(true)
    expect(parseJson(`["${'\\n'.repeat(130_000)}"]`).parsed).toBe(true)
  })

  test('is not quoted when it is wrong', () => {
    expect(JSON.stringify(parseJson('{"url":"https://cust42.tern.example/x')).includes('tern')).toBe(false)
  })
})
