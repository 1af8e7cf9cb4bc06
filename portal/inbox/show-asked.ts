import type { AnswerLink } from '../delivery/answer-link.ts'
import { type NewFact, recordAll } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import { openItem, openNotice, readAddressees, readItems, readNotice } from '../notices/read-notice.ts'
import { findOrganisations } from '../people/find-organisation.ts'
import { type Actor, may } from '../people/may.ts'
import { readStates } from '../removal/read-states.ts'
import { defang } from './reveal-item.ts'

/** What one link asks of one organisation. Addresses are defanged, for a screen alone. */
export interface Asked {
  noticeId: string
  orgName: string
  /** It has no account here, so its record can be claimed. */
  claimable: boolean
  notifier: { name: string; kind: string; phone: string | null }
  regime: string
  category: string
  withdrawn: { reason: string; restore: boolean } | null
  deadlineWithin: string
  dueAt: string | null
  mayTellCustomer: boolean
  text: { reasons: string | null; legalBasis: string[]; forProviderOnly: string | null; mayBeForwarded: string | null }
  items: AskedItem[]
}

export interface AskedItem {
  id: string
  number: number
  scope: string
  /** `open`, or the outcome that holds. */
  handling: string
  /** Null where it was not asked for, or was destroyed. */
  address: { defanged: string; ip: string | null; port: number | null; hashes: { [algorithm: string]: string } } | null
}

/**
 * What is asked, for whoever typed the number on the page of a link. With `reveal`, where it stands as well: one line in
 * the notice's history for each item, each time.
 */
export function showAsked(ground: Ground, link: AnswerLink, options: { reveal: boolean }): Promise<Asked | null> {
  const { noticeId, orgId, contactId } = link
  const actor: Actor = { kind: 'contact', contactId, orgId, orgKind: 'provider' }
  return ground.db.transaction(async (tx) => {
    const notice = await readNotice(tx.db, noticeId)
    const addressees = await readAddressees(tx.db, { noticeId, orgId })
    if (!notice || addressees.length === 0 || !may(actor, 'items.reveal', { addressees: [orgId] })) return null
    const ours = new Map(addressees.map((one) => [one.itemId, one]))
    const items = (await readItems(tx.db, noticeId)).filter((item) => ours.has(item.id))
    const states = await readStates(tx.db, [noticeId], tx.now)
    const names = await findOrganisations(tx.db, [orgId, notice.orgId])
    const notifier = names.get(notice.orgId)
    const text = openNotice(ground, notice)
    const facts: NewFact[] = []
    const shown = items.map((item): AskedItem => {
      const state = states.find((one) => one.item.id === item.id)
      const opened = options.reveal && item.dataKey && item.sealed ? openItem(ground, item) : null
      if (opened) {
        const who = { orgId, personId: null, apiTokenId: null, contactId }
        facts.push({ kind: 'item.revealed', payload: { noticeId, itemId: item.id, ...who, purpose: 'answer' } })
      }
      return {
        id: item.id,
        number: item.position + 1,
        scope: item.scope,
        handling: state?.addressees.find((one) => one.row.orgId === orgId)?.handling ?? 'open',
        address: opened && {
          defanged: defang(opened.url),
          ip: opened.ip,
          port: opened.port,
          hashes: definedOnly(opened.hashes),
        },
      }
    })
    await recordAll(tx, noticeId, facts)
    const due = addressees.flatMap((one) => (one.endedAt === null && one.dueAt ? [one.dueAt.getTime()] : []))
    return {
      noticeId,
      orgName: names.get(orgId)?.name ?? '',
      claimable: names.get(orgId)?.admittedAt === null,
      notifier: { name: notifier?.name ?? '', kind: notifier?.notifierKind ?? 'other', phone: notifier?.phone ?? null },
      regime: notice.regime,
      category: notice.category,
      withdrawn: notice.withdrawReason && {
        reason: notice.withdrawReason,
        // With a police hold the material stays where it is.
        restore: notice.withdrawReason !== 'police_hold',
      },
      deadlineWithin: notice.deadlineWithin,
      dueAt: due.length === 0 ? null : new Date(Math.min(...due)).toISOString(),
      mayTellCustomer: notice.disclosure.allowed,
      text: {
        reasons: text.grounds?.reasons ?? null,
        legalBasis: text.grounds?.legalBasis ?? [],
        forProviderOnly: text.forProviderOnly,
        mayBeForwarded: text.mayBeForwarded,
      },
      items: shown,
    }
  })
}

function definedOnly(hashes: { [algorithm: string]: string | undefined }): { [algorithm: string]: string } {
  return Object.fromEntries(
    Object.entries(hashes).flatMap(([name, hash]) => (hash === undefined ? [] : [[name, hash]])),
  )
}
