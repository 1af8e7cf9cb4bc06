import { randomUUID } from 'node:crypto'
import type { NoticeIssued, NoticeItem } from '../protocol.ts'

export function newTestId(prefix: string): string {
  return `${prefix}_${randomUUID().replaceAll('-', '').slice(0, 26)}`
}

/** An item; an address alone is enough. Use reserved names (`.example`, `.test`) only. */
export type GivenItem = Partial<NoticeItem> & { readonly url: string }

/** What a test says about a notice; the rest is made up. */
export type GivenNotice = Partial<Omit<NoticeIssued, 'items' | 'v'>> & { readonly items: readonly GivenItem[] }

/** A notice that is valid in every member; what is given stands instead. */
export function noticeOf(given: GivenNotice, reportTo: string): NoticeIssued {
  return {
    v: 1,
    notice: newTestId('ntc'),
    seq: 1,
    reference: 'TEST-2026-000001',
    regime: 'test',
    binding: false,
    category: 'csam',
    legal_class: 'baseline',
    notifier: { id: newTestId('org'), kind: 'hotline', name: 'Stichting Baken', country: 'NL', trusted_flagger: true },
    grounds: { reasons: 'An invented case for a test.', good_faith: true },
    deadline: { from: 'receipt', within: 'PT24H', on_obstacle: 'pause' },
    preservation: { basis: 'none' },
    disclosure: { allowed: true },
    report_to: reportTo,
    ...given,
    items: given.items.map((item) => ({ id: newTestId('itm'), scope: 'file' as const, ...item })),
  }
}
