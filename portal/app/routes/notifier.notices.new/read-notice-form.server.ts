import type { InputError } from '../../../facts/input-error.ts'
import { type Complaint, complaintsOf, given, instant, numberOf, word } from '../../forms.server.ts'
import type { TextKey } from '../../language/catalogue.ts'
import type { Text } from '../../language/text.ts'

const noticeFields = [
  'regime',
  'category',
  'legal_class',
  'reference',
  'assessed_at',
  'within',
  'reasons',
  'legal_basis',
  'good_faith',
  'for_provider_only',
  'may_be_forwarded',
  'preservation',
  'preservation_reference',
  'silence',
  'silence_basis',
  'silence_until',
] as const
const itemFields = ['url', 'ip', 'port', 'scope', 'seen_at', 'sha256'] as const

type NoticeField = (typeof noticeFields)[number]
type ItemField = (typeof itemFields)[number]

/** What somebody typed so far. Rows keep their number when another one goes, so that nothing they typed moves. */
export interface NoticeDraft {
  values: Partial<Record<NoticeField, string>>
  items: ({ row: number } & Partial<Record<ItemField, string>>)[]
}

const mostRows = 100

export function readDraft(form: FormData): NoticeDraft {
  const rows = [...new Set(word(form, 'rows').split(',').map(Number))]
    .filter((row) => Number.isInteger(row) && row > 0 && row < 10_000)
    .slice(0, mostRows + 1)
  return {
    values: Object.fromEntries(noticeFields.map((name) => [name, word(form, name)])),
    items: (rows.length > 0 ? rows : [1]).map((row) => ({
      row,
      ...Object.fromEntries(itemFields.map((name) => [name, word(form, `${name}-${row}`)])),
    })),
  }
}

export function addRow(draft: NoticeDraft): NoticeDraft {
  if (draft.items.length >= mostRows) return draft
  const last = Math.max(...draft.items.map((item) => item.row))
  return { ...draft, items: [...draft.items, { row: last + 1, scope: draft.items.at(-1)?.scope ?? 'file' }] }
}

export function removeRow(draft: NoticeDraft, row: number): NoticeDraft {
  const items = draft.items.filter((item) => item.row !== row)
  return items.length > 0 ? { ...draft, items } : draft
}

/** The body of `POST /v1/notices`, from a form: a field left empty is a member left out. */
export function submissionOf(form: FormData, draft: NoticeDraft): unknown {
  const lines = word(form, 'legal_basis').split('\n')
  const legalBasis = lines.map((line) => line.trim()).filter(Boolean)
  return filled({
    regime: given(form, 'regime'),
    category: given(form, 'category'),
    legal_class: given(form, 'legal_class'),
    reference: given(form, 'reference'),
    assessed_at: instant(given(form, 'assessed_at')),
    grounds: filled({
      reasons: given(form, 'reasons'),
      legal_basis: legalBasis.length > 0 ? legalBasis : undefined,
      good_faith: given(form, 'good_faith') ? true : undefined,
    }),
    for_provider_only: given(form, 'for_provider_only'),
    may_be_forwarded: given(form, 'may_be_forwarded'),
    deadline: filled({ within: given(form, 'within') }),
    preservation: filled({ basis: given(form, 'preservation'), reference: given(form, 'preservation_reference') }),
    disclosure: given(form, 'silence')
      ? filled({
          allowed: false,
          basis: given(form, 'silence_basis'),
          until: instant(given(form, 'silence_until')),
        })
      : undefined,
    items: draft.items.map((item) =>
      filled({
        url: item.url ?? '',
        ip: item.ip || undefined,
        port: numberOf(item.port || undefined),
        scope: item.scope || undefined,
        seen_at: instant(item.seen_at || undefined),
        hashes: filled({ sha256: item.sha256 || undefined }),
      }),
    ),
  })
}

/** Without the members that hold nothing; nothing at all where none is left. */
function filled(members: Record<string, unknown>): Record<string, unknown> | undefined {
  const kept = Object.entries(members).filter(([, value]) => value !== undefined)
  return kept.length > 0 ? Object.fromEntries(kept) : undefined
}

const fieldsByPointer: readonly (readonly [string, NoticeField, TextKey])[] = [
  ['/regime', 'regime', 'column-regime'],
  ['/category', 'category', 'new-category'],
  ['/legal_class', 'legal_class', 'new-legal-class'],
  ['/reference', 'reference', 'new-reference'],
  ['/assessed_at', 'assessed_at', 'new-assessed-at'],
  ['/deadline', 'within', 'new-within'],
  ['/grounds/legal_basis', 'legal_basis', 'new-legal-basis'],
  ['/grounds/good_faith', 'good_faith', 'new-good-faith'],
  ['/grounds', 'reasons', 'new-reasons'],
  ['/for_provider_only', 'for_provider_only', 'new-provider-only'],
  ['/may_be_forwarded', 'may_be_forwarded', 'new-forwardable'],
  ['/preservation/reference', 'preservation_reference', 'new-preservation-reference'],
  ['/preservation', 'preservation', 'new-preservation'],
  ['/disclosure/basis', 'silence_basis', 'new-silence-basis'],
  ['/disclosure/until', 'silence_until', 'new-silence-until'],
  ['/disclosure', 'silence', 'new-silence'],
]

const itemLabels: Record<ItemField, TextKey> = {
  url: 'new-url',
  ip: 'new-ip',
  port: 'new-port',
  scope: 'column-scope',
  seen_at: 'new-seen-at',
  sha256: 'new-sha256',
}

export function noticeComplaints(errors: readonly InputError[], draft: NoticeDraft, text: Text): Complaint[] {
  return complaintsOf(errors, text, (pointer) => {
    const inItem = /^\/items\/(\d+)(?:\/hashes)?(?:\/([a-z0-9_]+))?/.exec(pointer)
    const item = inItem ? draft.items[Number(inItem[1])] : undefined
    if (inItem && item) {
      const field = itemFields.find((name) => name === inItem[2]) ?? 'url'
      const label = `${text('new-item', { number: Number(inItem[1]) + 1 })}, ${text(itemLabels[field]).toLowerCase()}`
      return { field: `${field}-${item.row}`, label }
    }
    const found = fieldsByPointer.find(([start]) => pointer === start || pointer.startsWith(`${start}/`))
    return found ? { field: found[1], label: text(found[2]) } : null
  })
}
