import { randomUUID } from 'node:crypto'
import type { NoticeIssued } from '@noticeline/sdk/protocol'

const newId = (prefix: string) => `${prefix}_${randomUUID().replaceAll('-', '').slice(0, 26)}`

/** A notice of three items as a provider is sent it, with fresh ids. */
export function noticeBody(reportTo: string): NoticeIssued {
  return {
    v: 1,
    notice: newId('ntc'),
    seq: 1,
    reference: 'BENCH-1',
    regime: 'ntd_code',
    binding: false,
    category: 'csam',
    legal_class: 'baseline',
    notifier: { id: newId('org'), kind: 'hotline', name: 'Stichting Baken', country: 'NL', trusted_flagger: true },
    grounds: { reasons: 'An invented case.', good_faith: true },
    deadline: { from: 'receipt', within: 'PT24H', on_obstacle: 'pause' },
    preservation: { basis: 'none' },
    disclosure: { allowed: true },
    report_to: reportTo,
    items: [1, 2, 3].map((number) => ({
      id: newId('itm'),
      url: `https://cust42.tern.example/g/${number}.jpg`,
      scope: 'file',
    })),
  }
}
