import { describe, expect, test } from 'vitest'
import { submission } from '../testing/build/notice.ts'
import { program } from '../testing/build/person.ts'
import { provider } from '../testing/build/provider.ts'
import { type TestGround, withGround } from '../testing/with-ground.ts'
import { submitNotice } from './submit-notice.ts'

const at = '2026-11-22T09:00:00.000Z'
const api = { origin: 'api' } as const

async function refusal(ground: TestGround, body: unknown) {
  const submitted = await submitNotice(ground, await program(ground), body, api)
  if (submitted.result !== 'invalid') throw new Error(`It was not refused: ${submitted.result}`)
  const count = await ground.db.read
    .selectFrom('notices')
    .select((of) => of.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  expect(Number(count.count)).toBe(0)
  return {
    code: submitted.code,
    errors: submitted.errors.map(({ pointer, code }) => `${pointer} ${code}`),
    all: submitted.errors,
  }
}

describe('what cannot be taken is refused with pointers and changes nothing:', () => {
  const bad = (url: string) => submission({ items: [{}, { url }] })
  test.each<[string, unknown, string, string[]]>([
    ['no object', 'notice', 'invalid', [' wrong_type']],
    ['nothing in it', {}, 'invalid', ['/regime required', '/category required', '/items required']],
    ['an unknown regime', submission({ regime: 'other' as 'test' }), 'invalid', ['/regime unknown_regime']],
    ['an order', submission({ regime: 'dsa_order' }), 'regime_not_served', ['/regime regime_not_served']],
    ['a rehearsal', submission({ regime: 'test' }), 'regime_not_served', ['/regime regime_not_served']],
    [
      'another category',
      submission({ category: 'malware' as 'csam' }),
      'category_not_served',
      ['/category category_not_served'],
    ],
    ['no items', submission({ items: [] }), 'invalid', ['/items too_short']],
    ['101 items', submission({ items: Array.from({ length: 101 }, () => ({})) }), 'invalid', ['/items too_long']],
    ['an unknown member', { ...(submission() as object), catgory: 1 }, 'invalid', ['/catgory unknown_member']],
    ['an address as a member', { ...(submission() as object), 'a.example/b': 1 }, 'invalid', [' unknown_member']],
    [
      'an unknown member of an item',
      submission({ items: [{ note: 'x' } as object] }),
      'invalid',
      ['/items/0/note unknown_member'],
    ],
    ['no url', submission({ items: [{ url: undefined as unknown as string }] }), 'invalid', ['/items/0/url required']],
    ['credentials', bad('https://a:b@example.test/'), 'invalid', ['/items/1/url credentials']],
    ['a private address', bad('http://192.168.1.1/'), 'invalid', ['/items/1/url private_address']],
    ['another scheme', bad('ftp://example.test/'), 'invalid', ['/items/1/url scheme']],
    ['a private ip', submission({ items: [{ ip: '10.0.0.1' }] }), 'invalid', ['/items/0/ip private_address']],
    ['an ip that is none', submission({ items: [{ ip: '127.1' }] }), 'invalid', ['/items/0/ip not_an_address']],
    [
      'a wrong hash',
      submission({ items: [{ hashes: { sha256: 'xyz' } }] }),
      'invalid',
      ['/items/0/hashes/sha256 wrong_format'],
    ],
    [
      'a sighting in the future',
      submission({ items: [{ seen_at: '2026-11-22T09:11:00Z' }] }),
      'invalid',
      ['/items/0/seen_at in_the_future'],
    ],
    [
      'a reference that could hold an address',
      submission({ reference: 'evil.example/x' }),
      'invalid',
      ['/reference wrong_format'],
    ],
    [
      'csam without its legal class',
      submission({ legal_class: undefined as never }),
      'invalid',
      ['/legal_class required'],
    ],
    [
      'a legal class elsewhere',
      submission({ category: 'terrorist_content', legal_class: 'baseline' }),
      'invalid',
      ['/legal_class not_with_this_category'],
    ],
    [
      'a time of its own where the norm sets it',
      submission({ regime: 'dsa_notice', deadline: { within: 'PT6H' } }),
      'invalid',
      ['/deadline not_with_this_regime'],
    ],
    ['too short a time', submission({ deadline: { within: 'PT59M' } }), 'invalid', ['/deadline/within out_of_range']],
    ['too long a time', submission({ deadline: { within: 'P8D' } }), 'invalid', ['/deadline/within out_of_range']],
    [
      'a time that is none',
      submission({ deadline: { within: '6 hours' } }),
      'invalid',
      ['/deadline/within wrong_format'],
    ],
    [
      'preservation of another statute',
      submission({ preservation: { basis: 'tco6' } }),
      'invalid',
      ['/preservation/basis not_with_this_regime'],
    ],
    [
      'preservation without a reference',
      submission({ preservation: { basis: 'law_enforcement' } }),
      'invalid',
      ['/preservation/reference required'],
    ],
    [
      'a reference without a basis',
      submission({ preservation: { basis: 'none', reference: 'A' } }),
      'invalid',
      ['/preservation/reference not_with_this_basis'],
    ],
    [
      'a silence without basis and end',
      submission({ disclosure: { allowed: false } }),
      'invalid',
      ['/disclosure/basis required', '/disclosure/until required'],
    ],
    [
      'a silence that has ended',
      submission({ disclosure: { allowed: false, basis: 'A', until: at } }),
      'invalid',
      ['/disclosure/until in_the_past'],
    ],
    [
      'a basis where nothing is silent',
      submission({ disclosure: { allowed: true, basis: 'A' } }),
      'invalid',
      ['/disclosure not_when_allowed'],
    ],
    [
      'too long a text',
      submission({ for_provider_only: 'x'.repeat(4001) }),
      'invalid',
      ['/for_provider_only too_long'],
    ],
    [
      'control characters',
      submission({ for_provider_only: 'a\u0007b' }),
      'invalid',
      ['/for_provider_only wrong_format'],
    ],
  ])('%s', (_, body, code, errors) =>
    withGround(at, async (ground) => {
      const refused = await refusal(ground, body)
      expect({ code: refused.code, errors: refused.errors }).toEqual({ code, errors })
      expect(JSON.stringify(refused.all)).not.toMatch(/example\.test|192\.168|evil/)
    }),
  )

  test('everything that is wrong is said at once', () =>
    withGround(at, async (ground) => {
      const body = submission({ deadline: { within: 'P8D' }, items: [{ url: 'ftp://x.example/' }, { ip: '10.0.0.1' }] })
      expect((await refusal(ground, body)).errors).toEqual([
        '/deadline/within out_of_range',
        '/items/0/url scheme',
        '/items/1/ip private_address',
      ])
    }))

  test('what one provider’s token could not hold is too large, and fits when it is two providers’', () =>
    withGround(at, async (ground) => {
      const long = (host: string) => (_: unknown, index: number) => ({
        url: `https://${host}/${index}/${'a'.repeat(1900)}`,
      })
      const items = Array.from({ length: 90 }, long('203.0.113.80'))
      expect(await refusal(ground, submission({ items }))).toMatchObject({
        code: 'too_large',
        errors: ['/items too_large'],
      })
      await provider(ground)
      await provider(ground, { name: 'Mudlark Servers', cidr: '198.51.100.0/24' })
      const split = items.map((item, index) =>
        index % 2 ? item : { url: item.url.replace('203.0.113.80', '198.51.100.1') },
      )
      expect((await submitNotice(ground, await program(ground), submission({ items: split }), api)).result).toBe(
        'submitted',
      )
    }))
})
