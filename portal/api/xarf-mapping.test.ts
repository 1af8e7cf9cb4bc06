import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { noticeSubmission } from '../notices/notice.ts'
import { legalClassOf, readXarf, xarfTable } from './xarf-mapping.ts'

const report = {
  xarf_version: '4.2.0',
  report_id: '0b9f8a57-5d4b-4c6c-9d8e-3d1f0c7a5b21',
  timestamp: '2026-11-20T10:30:00Z',
  reporter: { org: 'Invented Hotline', contact: 'desk@baken.example', domain: 'baken.example' },
  sender: { org: 'Invented Hotline', contact: 'desk@baken.example', domain: 'baken.example' },
  source_identifier: '203.0.113.80',
  category: 'content',
  type: 'csam',
  url: 'https://cust42.tern.example/g/7f3a.jpg',
  classification: 'B1',
  detection_method: 'manual_review',
  media_type: 'image',
  hash_values: { sha256: 'AB'.repeat(32), photodna: 'dropped' },
  content_removed: true,
  account_suspended: true,
  ncmec_report_id: 'dropped',
  description: 'dropped',
  evidence: [{ content_type: 'text/plain', payload: 'ZHJvcHBlZA==' }],
}
const csem = {
  ...report,
  type: 'csem',
  exploitation_type: 'distribution',
  victim_age_range: 'unknown',
  platform: 'forum',
}

function mapped(input: object) {
  const read = readXarf(input)
  if (read.result !== 'mapped') throw new Error(JSON.stringify(read))
  return read
}

function without(member: string, from: object = report): object {
  return Object.fromEntries(Object.entries(from).filter(([name]) => name !== member))
}

describe('a csam report', () => {
  test('becomes a notice under the voluntary code that the notice schema takes as it is', () => {
    const { submission } = mapped(report)
    expect(noticeSubmission.parse(submission)).toEqual({
      regime: 'ntd_code',
      category: 'csam',
      legal_class: 'national',
      reference: report.report_id,
      items: [
        {
          url: report.url,
          ip: '203.0.113.80',
          scope: 'file',
          seen_at: '2026-11-20T10:30:00.000Z',
          hashes: { sha256: 'ab'.repeat(32) },
        },
      ],
    })
  })

  test('leaves behind who reported, evidence, free text and what the sender did', () => {
    const text = JSON.stringify(mapped(report).submission)
    for (const word of ['baken', 'dropped', 'ZHJvcHBlZA', 'removed', 'suspended', 'manual_review']) {
      expect(text).not.toContain(word)
    }
  })

  test.each(Object.entries(legalClassOf))('of classification %s is of legal class %s', (classification, legalClass) => {
    expect(mapped({ ...report, classification }).submission).toMatchObject({ legal_class: legalClass })
  })

  test('is seen when it was last verified, else when it was reported, in UTC', () => {
    const verified = mapped({ ...report, verified_at: '2026-11-21T01:00:00+02:00' }).submission
    expect(verified).toMatchObject({ items: [{ seen_at: '2026-11-20T23:00:00.000Z' }] })
  })

  test('whose source is a host name gives no address', () => {
    const { submission } = mapped({ ...report, source_identifier: 'cust42.tern.example' })
    expect(JSON.stringify(submission)).not.toContain('"ip"')
  })
})

describe('a csem report', () => {
  test('becomes a csam notice of the file, without its victim', () => {
    const { submission } = mapped(without('classification', csem))
    expect(submission).toMatchObject({ category: 'csam', legal_class: 'not_disclosed', items: [{ scope: 'file' }] })
    expect(JSON.stringify(submission)).not.toMatch(/victim|age|platform|forum|unknown/)
  })

  test('about conduct asks for the page', () => {
    const { submission } = mapped({ ...csem, exploitation_type: 'grooming' })
    expect(submission).toMatchObject({ items: [{ scope: 'page' }] })
  })

  test('takes its digests from file_hash where hash_values is missing', () => {
    const { submission, pointers } = mapped({ ...without('hash_values', csem), file_hash: { md5: 'c'.repeat(32) } })
    expect(submission).toMatchObject({ items: [{ hashes: { md5: 'c'.repeat(32) } }] })
    expect(pointers.get('/items/0/hashes/md5')).toBe('/file_hash/md5')
  })
})

describe('refused', () => {
  test('a type that is not served, at /type, whatever else is wrong', () => {
    const read = readXarf({ category: 'messaging', type: 'spam' })
    expect(read).toMatchObject({ result: 'refused', code: 'category_not_served', errors: [{ pointer: '/type' }] })
  })

  test('csam under another category, at /category', () => {
    const read = readXarf({ ...report, category: 'copyright' })
    expect(read).toMatchObject({ result: 'refused', code: 'category_not_served', errors: [{ pointer: '/category' }] })
  })

  const required = Object.keys(report).filter(
    (name) => !/media_type|hash_values|content_removed|account_suspended|ncmec|description|evidence/.test(name),
  )
  test.each(required)('a report without %s, at its pointer', (member) => {
    const read = readXarf(without(member))
    expect(read).toMatchObject({ result: 'refused', code: 'invalid', errors: [{ pointer: `/${member}` }] })
  })

  test('what is not an object', () => {
    expect(readXarf('csam')).toMatchObject({ result: 'refused', code: 'invalid', errors: [{ pointer: '' }] })
  })

  test('an address inside a wrong value is not quoted', () => {
    const read = readXarf({ ...report, classification: 'https://cust42.tern.example/g/7f3a.jpg' })
    expect(JSON.stringify(read)).not.toContain('cust42')
  })
})

test('every row of the table names a member of one of the two sides', () => {
  expect(xarfTable.every((row) => row.from !== null || row.to !== null)).toBe(true)
})

// The published samples are not part of this repository; where they stand beside it, each of them is read.
const samples = fileURLToPath(new URL('../../../shared/data/xarf/samples/v4/', import.meta.url))
describe.runIf(existsSync(samples))(
  `the published samples${existsSync(samples) ? '' : ' (XARF 4 samples are not beside the repository)'}`,
  () => {
    const files = existsSync(samples) ? readdirSync(samples).filter((name) => name.endsWith('.json')) : []
    test.each(files)('%s', (file) => {
      const sample = JSON.parse(readFileSync(`${samples}${file}`, 'utf8')) as { type: string }
      const read = readXarf(sample)
      if (sample.type === 'csam' || sample.type === 'csem') expect(read.result).toBe('mapped')
      else expect(read).toMatchObject({ code: 'category_not_served', errors: [{ pointer: '/type' }] })
    })
  },
)
