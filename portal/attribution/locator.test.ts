import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { candidatesOf, contains, isOutward, readAddress, readPrefix } from './address.ts'
import { Locator, normaliseUrl, parseLocator } from './locator.ts'

describe('a locator', () => {
  const contents = { url: 'https://secret.example/a.jpg', ip: '203.0.113.9', port: 443, hashes: { md5: 'f00' } }

  test('cannot be printed, in any way that is at hand', () => {
    const locator = new Locator('itm_1', contents, () => {})
    const printed = [
      String(locator),
      `${locator}`,
      JSON.stringify({ locator }),
      inspect(locator, { showHidden: true, depth: 9 }),
      inspect({ deep: [locator] }, { depth: 9 }),
      Object.values(locator).join(),
      JSON.stringify({ ...locator }),
      JSON.stringify(Object.entries(locator)),
    ].join('\n')
    expect(printed).toContain('[locator itm_1]')
    for (const secret of ['secret', 'a.jpg', '203.0.113.9', 'f00']) expect(printed).not.toContain(secret)
  })

  test('leaves a line for every reveal, with its purpose', () => {
    const lines: string[] = []
    const locator = new Locator('itm_1', contents, (purpose) => lines.push(purpose))
    expect(locator.reveal('attribution')).toEqual(contents)
    locator.reveal('delivery')
    expect(lines).toEqual(['attribution', 'delivery'])
  })

  test('is known by its mark, whichever copy of the module made it', () => {
    expect(Locator.is(new Locator('itm_1', contents, () => {}))).toBe(true)
    expect(Locator.is({ [Symbol.for('noticeline.locator')]: true })).toBe(true)
    expect(Locator.is({ itemId: 'itm_1' })).toBe(false)
    expect(Locator.is(null)).toBe(false)
  })
})

describe('an address that is submitted', () => {
  test.each([
    ['https://cust42.tern.example/g/7f3a.jpg', 'https://cust42.tern.example/g/7f3a.jpg'],
    ['HTTP://EXAMPLE.test:80/A?b=C', 'http://example.test/A?b=C'],
    ['https://example.test/a#part', 'https://example.test/a'],
    ['https://bücher.example/', 'https://xn--bcher-kva.example/'],
    ['http://203.0.113.80/x', 'http://203.0.113.80/x'],
    ['http://[2001:db8::1]:8080/x', 'http://[2001:db8::1]:8080/x'],
  ])('%s is taken', (input, url) => {
    expect(parseLocator(input, [])).toMatchObject({ ok: true, url })
  })

  test.each([
    ['ftp://example.test/', 'scheme'],
    ['javascript:alert(1)', 'scheme'],
    ['//example.test/', 'scheme'],
    ['https://', 'not_a_url'],
    ['https://a b.example/', 'not_a_url'],
    ['https://example.test\\@evil.example/', 'not_a_url'],
    ['https://example.test/\u0000', 'not_a_url'],
    ['https://user:pass@example.test/', 'credentials'],
    ['https://user@example.test/', 'credentials'],
    ['https://example.test:0/', 'port'],
    ['http://203.0.113.80:00/', 'port'],
    ['https://@example.test/', 'credentials'],
    ['http://127.0.0.1/', 'private_address'],
    ['http://127.1/', 'private_address'],
    ['http://0x7f000001/', 'private_address'],
    ['http://2130706433/', 'private_address'],
    ['http://10.0.0.1/', 'private_address'],
    ['http://169.254.169.254/', 'private_address'],
    ['http://[::1]/', 'private_address'],
    ['http://[::ffff:127.0.0.1]/', 'private_address'],
    ['http://[fd00::1]/', 'private_address'],
    ['http://localhost/', 'private_address'],
    ['http://db.internal/', 'private_address'],
    ['http://printer/', 'private_address'],
    ['http://x.onion/', 'private_address'],
    [`https://example.test/${'a'.repeat(2048)}`, 'too_long'],
    [`https://example.test/${'ü'.repeat(1000)}`, 'too_long'],
  ])('%j is refused as %s, without being quoted', (input, code) => {
    const parsed = parseLocator(input, [])
    expect(parsed).toMatchObject({ ok: false, pointer: '/url', code })
    expect(JSON.stringify(parsed)).not.toContain('example.test')
  })

  test('in a range that configuration opens is taken', () => {
    expect(parseLocator('http://127.0.10.3:8080/a', ['127.0.0.0/8'])).toMatchObject({ ok: true })
    expect(parseLocator('http://10.0.0.1/a', ['127.0.0.0/8'])).toMatchObject({ ok: false })
  })
})

describe('the one spelling of an address', () => {
  test.each([
    ['http://Example.TEST:80/a', 'http://example.test/a'],
    ['https://example.test:443', 'https://example.test/'],
    ['https://example.test./a', 'https://example.test/a'],
    ['https://example.test/a/../b/./c', 'https://example.test/b/c'],
    ['https://example.test/%7euser/%2f%c3%bc', 'https://example.test/~user/%2F%C3%BC'],
    ['https://example.test/ü', 'https://example.test/%C3%BC'],
    ['https://example.test/a?', 'https://example.test/a'],
    ['https://example.test/a#b', 'https://example.test/a'],
    ['https://bücher.example/', 'https://xn--bcher-kva.example/'],
  ])('%s is %s', (input, expected) => {
    expect(normaliseUrl(input)).toBe(expected)
  })

  test.each([
    ['https://example.test/A', 'https://example.test/a'],
    ['https://example.test/a?x=1&y=2', 'https://example.test/a?y=2&x=1'],
    ['https://example.test/a%2Fb', 'https://example.test/a/b'],
    ['http://example.test/', 'https://example.test/'],
  ])('%s and %s stay apart', (one, other) => {
    expect(normaliseUrl(one)).not.toBe(normaliseUrl(other))
  })

  test('stays the same when it is spelled again', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (url) => {
        expect(normaliseUrl(normaliseUrl(url))).toBe(normaliseUrl(url))
      }),
    )
  })
})

describe('a range', () => {
  test.each(['203.0.113.0/24', '2001:db8::/32', '0.0.0.0/0', '198.51.100.7/32'])('%s is read', (text) => {
    expect(readPrefix(text)).not.toBeNull()
  })

  test.each([
    '203.0.113.1/24',
    '203.0.113.0',
    '203.0.113.0/33',
    '2001:db8::/129',
    '1.2/16',
    '::ffff:1.2.3.0/120',
    '/8',
    '',
  ])('%j is none', (text) => {
    expect(readPrefix(text)).toBeNull()
  })

  test('holds an address exactly when it is among the address’s candidates', () => {
    const v4 = fc.ipV4().filter((text) => readAddress(text) !== null)
    fc.assert(
      fc.property(v4, v4, fc.nat({ max: 32 }), (one, other, length) => {
        const [left, right] = [readAddress(one), readAddress(other)]
        if (!left || !right) return
        const prefix = candidatesOf(left)[length]
        if (!prefix) throw new Error('No such length')
        expect(contains(prefix, left)).toBe(true)
        const among = candidatesOf(right).some((own) => own.length === length && own.network.equals(prefix.network))
        expect(contains(prefix, right)).toBe(among)
      }),
    )
  })

  test('an address in IPv6 clothes is the IPv4 address it is', () => {
    const address = readAddress('::ffff:127.0.0.1')
    expect(address).toMatchObject({ family: 4, text: '127.0.0.1' })
    expect(address && isOutward(address, [])).toBe(false)
  })
})
