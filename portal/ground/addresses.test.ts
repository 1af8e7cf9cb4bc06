import { describe, expect, test } from 'vitest'
import { refusedHosts as refused } from '../testing/refused-hosts.ts'
import { type AddressRange, addressMayBeCalled, isAllowed, rangesOverlap, readAddress, readRange } from './addresses.ts'
import { createOutbound } from './outbound.server.ts'

function range(text: string): AddressRange {
  const read = readRange(text)
  if (!read) throw new Error(`${text} is no range`)
  return read
}

const called: readonly string[] = [
  '1.1.1.1',
  '9.9.9.9',
  '100.63.255.255',
  '100.128.0.1',
  '126.255.255.255',
  '128.0.0.1',
  '172.15.255.255',
  '172.32.0.1',
  '192.0.1.1',
  '198.17.255.255',
  '223.255.255.254',
  '[2606:4700:4700::1111]',
  '[2a00:1450::1]',
  '[2001:4860:4860::8888]',
  '[2003::1]',
  '[::ffff:9.9.9.9]',
  'receiver.tern.example',
]

describe('addresses that may be called', () => {
  const outbound = createOutbound({ allowedRanges: [] })

  test('the table is long enough to mean something', () => expect(refused.length).toBeGreaterThanOrEqual(60))

  test.each(refused)('https://%s/ is refused', (host) => {
    expect(outbound.refuses(`https://${host}/`)?.code).toBe('private_address')
  })

  test.each(called)('https://%s/ is not', (host) => {
    expect(outbound.refuses(`https://${host}/`)).toBeNull()
  })

  test('as what a name resolves to, each is refused in its plain spelling too', () => {
    const plain = refused.map((host) => readAddress(host.replace(/^\[|\]$/g, ''))).filter((address) => address !== null)
    expect(plain.length).toBeGreaterThan(50)
    for (const address of plain) expect(addressMayBeCalled(address, []), address).toBe(false)
  })

  test.each([
    '',
    '127.1',
    '0x7f000001',
    '2130706433',
    '1.1.1.1 ',
    '1.1.1',
    'fe80::1%eth0',
    '::ffff:0x7f000001',
    'one.example',
  ])('%j is no address at all', (text) => {
    expect(readAddress(text)).toBeNull()
    expect(addressMayBeCalled(text, [range('0.0.0.0/0'), range('::/0')])).toBe(false)
  })
})

describe('ranges that configuration opens', () => {
  test('let through what lies in them, and nothing beside', () => {
    const open = [range('127.0.0.0/8'), range('fd00:1::/32')]
    for (const address of ['127.0.0.1', '127.9.9.9', '::ffff:127.0.0.1', 'fd00:1::5']) {
      expect(isAllowed(address, open), address).toBe(true)
    }
    for (const address of ['10.0.0.1', '::1', 'fd00:2::5', '::127.0.0.1', '64:ff9b::7f00:1']) {
      expect(addressMayBeCalled(address, open), address).toBe(false)
    }
    expect(isAllowed('1.1.1.1', open)).toBe(false)
    expect(addressMayBeCalled('1.1.1.1', open)).toBe(true)
  })

  test('a range of mapped addresses opens the IPv4 range it means', () => {
    expect(isAllowed('10.1.2.3', [range('::ffff:10.0.0.0/104')])).toBe(true)
    expect(isAllowed('11.1.2.3', [range('::ffff:10.0.0.0/104')])).toBe(false)
  })

  test.each([
    '10.0.0.0',
    '10.0.0.0/',
    '10.0.0.1/8',
    '10.0.0.0/33',
    '::/129',
    '10/8',
    '127.1/8',
    'x/8',
    '10.0.0.0/-1',
    'fe80::%1/10',
  ])('%s is no range', (text) => expect(readRange(text)).toBeNull())

  test('overlap is found from either side, and between families only where addresses are mapped', () => {
    expect(rangesOverlap(range('10.0.0.0/8'), range('10.1.0.0/16'))).toBe(true)
    expect(rangesOverlap(range('10.1.0.0/16'), range('10.0.0.0/8'))).toBe(true)
    expect(rangesOverlap(range('10.0.0.0/8'), range('11.0.0.0/8'))).toBe(false)
    expect(rangesOverlap(range('::ffff:10.0.0.0/104'), range('10.1.0.0/16'))).toBe(true)
    expect(rangesOverlap(range('fd00::/8'), range('10.0.0.0/8'))).toBe(false)
  })
})

describe('URLs', () => {
  const outbound = createOutbound({ allowedRanges: ['127.0.0.0/8'] })
  const strict = createOutbound({ allowedRanges: [] })

  test.each([
    ['not a url', 'not_a_url'],
    ['https://', 'not_a_url'],
    ['https://1.2.3.4.5/', 'not_a_url'],
    ['https://[::1%25eth0]/', 'not_a_url'],
    ['https://[fe80::1%eth0]/', 'not_a_url'],
    ['https://256.0.0.1/', 'not_a_url'],
    ['//tern.example/', 'not_a_url'],
    ['ftp://tern.example/', 'scheme'],
    ['file:///etc/hosts', 'scheme'],
    ['data:text/plain,x', 'scheme'],
    ['http://tern.example/', 'scheme'],
    ['http://9.9.9.9/', 'scheme'],
    ['https://user@tern.example/', 'credentials'],
    ['https://user:secret@tern.example/', 'credentials'],
    ['https://:secret@tern.example/', 'credentials'],
    ['https://tern.example:22/', 'port'],
    ['https://tern.example:25/', 'port'],
    ['https://tern.example:5432/', 'port'],
    ['https://tern.example:6379/', 'port'],
    ['https://tern.example:0/', 'port'],
    ['https://tern/', 'host'],
    ['https://10.0.0.1/', 'private_address'],
  ])('%s is refused as %s', (url, code) => {
    expect(strict.refuses(url)?.code).toBe(code)
  })

  test('an open range takes plain http and any port that is no other service', () => {
    expect(outbound.refuses('http://127.0.0.1:4711/')).toBeNull()
    expect(outbound.refuses('http://2130706433:4711/')).toBeNull()
    expect(outbound.refuses('http://localhost:4711/')).toBeNull()
    expect(outbound.refuses('http://9.9.9.9/')?.code).toBe('scheme')
    expect(outbound.refuses('http://10.0.0.1/')?.code).toBe('private_address')
    expect(outbound.refuses('http://127.0.0.1:25/')?.code).toBe('port')
  })

  test('what a refusal says holds no part of the URL', () => {
    for (const url of ['https://user:secret@canary.example/p', 'https://canary:22/p', 'http://canary.example/p']) {
      expect(strict.refuses(url)?.detail).not.toMatch(/canary|secret|\/p/)
    }
  })
})
