import { describe, expect, test } from 'vitest'
import { complaintsOf, instant, numberOf } from './forms.server.ts'
import { textIn } from './language/text.ts'
import {
  addRow,
  noticeComplaints,
  readDraft,
  removeRow,
  submissionOf,
} from './routes/notifier.notices.new/read-notice-form.server.ts'
import { isNumberOf, resultOf } from './routes/provider.items.$itemId/read-outcome-form.server.ts'

function formOf(fields: Record<string, string | string[]>): FormData {
  const form = new FormData()
  for (const [name, values] of Object.entries(fields)) for (const value of [values].flat()) form.append(name, value)
  return form
}

describe('a field becomes a member', () => {
  test('a local date and time is read as UTC; what is none goes on to be refused', () => {
    expect(instant('2026-11-21T09:05')).toBe('2026-11-21T09:05:00.000Z')
    expect(instant('2026-11-21T09:05:07')).toBe('2026-11-21T09:05:07.000Z')
    expect(instant('2026-02-31T99:05')).toBe('2026-02-31T99:05')
    expect(instant('yesterday')).toBe('yesterday')
    expect(instant(undefined)).toBeUndefined()
  })

  test('only digits are a number', () => {
    expect([numberOf('443'), numberOf('0x1bb'), numberOf(undefined)]).toEqual([443, '0x1bb', undefined])
  })

  test('what was left empty is left out of a notice', () => {
    const form = formOf({
      rows: '1,4',
      regime: 'ntd_code',
      category: 'csam',
      legal_class: '',
      legal_basis: 'Sr 240b\n\n  DSA 16 ',
      good_faith: 'yes',
      'url-1': 'https://cust42.tern.example/a.jpg',
      'scope-1': 'file',
      'url-4': '',
      'port-4': '8443',
    })
    expect(submissionOf(form, readDraft(form))).toEqual({
      regime: 'ntd_code',
      category: 'csam',
      grounds: { legal_basis: ['Sr 240b', 'DSA 16'], good_faith: true },
      items: [
        { url: 'https://cust42.tern.example/a.jpg', scope: 'file' },
        { url: '', port: 8443 },
      ],
    })
  })

  test('silence towards the customer is a wish of its own', () => {
    const form = formOf({ rows: '1', silence: 'yes', silence_basis: 'Sv 126', silence_until: '2026-12-01T00:00' })
    expect(submissionOf(form, readDraft(form))).toMatchObject({
      disclosure: { allowed: false, basis: 'Sv 126', until: '2026-12-01T00:00:00.000Z' },
    })
  })

  test('an outcome brings the members that were filled in', () => {
    const form = formOf({
      outcome: 'access_disabled',
      territory: 'countries',
      countries: 'nl, BE',
      also: ['account_terminated'],
      note: ' ',
    })
    expect(resultOf(form, 'itm_1', new Date('2026-11-22T01:00:00.000Z'))).toEqual({
      item: 'itm_1',
      outcome: 'access_disabled',
      at: '2026-11-22T01:00:00.000Z',
      by: 'human',
      territory: ['NL', 'BE'],
      also: ['account_terminated'],
    })
  })
})

describe('rows of a form', () => {
  const draft = readDraft(formOf({ rows: '1,4,4,x,-2', 'url-4': 'https://a.example/' }))

  test('keep their number when another one goes', () => {
    expect(draft.items.map((item) => item.row)).toEqual([1, 4])
    expect(addRow(draft).items.map((item) => item.row)).toEqual([1, 4, 5])
    expect(removeRow(draft, 1).items).toMatchObject([{ row: 4, url: 'https://a.example/' }])
  })

  test('the last one stays', () => {
    const single = removeRow(draft, 1)
    expect(removeRow(single, 4)).toBe(single)
  })

  test('there are never more than a notice can hold', () => {
    const full = readDraft(formOf({ rows: Array.from({ length: 100 }, (_, index) => index + 1).join(',') }))
    expect(addRow(full)).toBe(full)
  })
})

describe('a complaint stands beside the field it is about', () => {
  const draft = readDraft(formOf({ rows: '2,7' }))

  test('by pointer, in the reader’s language', () => {
    const errors = [
      { pointer: '/items/1/url', code: 'credentials', message: 'No credentials.' },
      { pointer: '/items/0/hashes/sha256', code: 'wrong_format', message: '64 hexadecimal digits.' },
      { pointer: '/deadline/within', code: 'out_of_range', message: 'An ISO 8601 duration.' },
    ]
    expect(noticeComplaints(errors, draft, textIn('nl'))).toEqual([
      { field: 'url-7', message: 'Item 2, adres: laat gebruikersnaam en wachtwoord uit het adres.' },
      { field: 'sha256-2', message: 'Item 1, sha-256 van het bestand: dit is niet geschreven zoals het hoort.' },
      { field: 'within', message: 'Termijn: buiten wat het regime toestaat.' },
    ])
  })

  test('where nobody knows the code the verb speaks for itself, and what is about no field about the whole', () => {
    const errors = [{ pointer: '', code: 'something_new', message: 'Something new.' }]
    expect(complaintsOf(errors, textIn('en'), () => null)).toEqual([{ field: null, message: 'Something new.' }])
  })
})

test('the number of a notice may be pasted with space around it, and nothing else may differ', () => {
  const number = 'ntc_01m80ezd9ae03vgw1nexzrkb1b'
  expect(isNumberOf(number, ` ${number.toUpperCase()} `)).toBe(true)
  expect(isNumberOf(number, number.slice(0, -1))).toBe(false)
  expect(isNumberOf(number, '')).toBe(false)
})
