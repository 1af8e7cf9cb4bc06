/**
 * When this happened, do that. One job per fact and reaction, committed with the fact: a reaction that fails is tried
 * again by itself, and each may run twice.
 */
import { mailClaimant, mailConsentRequest, mailNetworkEnded, mailProofRequest } from './attribution/mail-network.ts'
import { mailDeskTasks } from './delivery/desk-tasks.ts'
import { pointNext, pointWaiting } from './delivery/point-waiting.ts'
import { pointContact } from './delivery/pointer-mail.ts'
import { queueDelivery } from './delivery/queue-delivery.ts'
import { reissueRevoked } from './delivery/reissue-revoked.ts'
import { resumeDeliveries } from './delivery/resume-deliveries.ts'
import { resumeWithheld, withholdDeliveries } from './delivery/withhold-deliveries.ts'
import type { Fact, FactKind } from './facts/facts.ts'
import { record } from './facts/record.ts'
import type { Ground, RecordedFact, SentMail, Tx } from './ground/ground.ts'
import type { KeyChange } from './ground/keys.server.ts'
import { project } from './inbox/project.ts'
import { handOnItems } from './notices/hand-on-items.ts'
import { releaseDuplicates } from './notices/release-duplicates.ts'
import { returnToDesk } from './notices/return-to-desk.ts'
import { seekHolders } from './notices/seek-holders.ts'
import { takeUpAgain } from './notices/take-up-again.ts'
import { chainOfMail } from './people/mail.ts'
import { mailContestedClaim, mailDecision } from './people/mail-decision.ts'
import { mailInvitation } from './people/mail-invitation.ts'
import { mailJoining } from './people/mail-joining.ts'
import { mailMailboxChange } from './people/mail-mailbox-change.ts'
import { mailSignIn } from './people/mail-sign-in.ts'
import { mailContactCode } from './providers/mail-contact-code.ts'
import { mailContactNews } from './providers/mail-contact-news.ts'
import { mailEndpointChange } from './providers/mail-endpoint-change.ts'
import { noteAnswer, noteComplaint, noteReturn } from './providers/note-return.ts'
import { tellStream } from './providers/tell-stream.ts'
import { lookAgain } from './removal/look-again.ts'
import { watchItem } from './removal/watch-item.ts'

export type Reaction<K extends FactKind> = (ground: Ground, fact: Fact<K>) => Promise<unknown>

export const reactions: { [K in FactKind]?: Reaction<K>[] } = {
  'sign-in.requested': [mailSignIn],
  'joining.asked': [mailJoining],
  'claim.contested': [mailContestedClaim],
  'organisation.admitted': [mailDecision, resumeDeliveries],
  'admission.refused': [mailDecision],
  'organisation.suspended': [mailDecision, returnToDesk, withholdDeliveries, tellStream],
  'organisation.reinstated': [mailDecision, resumeDeliveries, resumeWithheld, takeUpAgain, tellStream],
  'member.invited': [mailInvitation],
  'mailbox-change.requested': [mailMailboxChange],

  'network.claimed': [mailProofRequest],
  'network.consent-asked': [mailConsentRequest],
  'network.consented': [mailClaimant],
  'network.decided': [mailClaimant],
  'network.proof-missed': [mailClaimant],
  'network.claim-ended': [mailClaimant],
  'network.ended': [mailNetworkEnded],
  'network.delegated': [handOnItems],

  'notice.issued': [queueDelivery, watchItem],
  'holder.sought': [seekHolders],
  'item.attributed': [queueDelivery, watchItem],
  'notice.withdrawn': [queueDelivery, releaseDuplicates],
  'notice.closed': [queueDelivery],

  'mail.returned': [noteReturn],
  'mail.answered': [noteAnswer],
  'mail.complained': [noteComplaint],
  'contact.asked': [mailContactCode],
  'contact.reminded': [mailContactCode],
  'contact.confirmed': [pointWaiting, mailContactNews],
  'contact.changed': [pointNext, mailContactNews],
  'contact.removed': [pointNext, mailContactNews],
  'contact.lapsed': [mailContactNews],
  'contact.failed': [pointNext, mailContactNews],

  'key.revoked': [reissueRevoked],

  'endpoint.changed': [mailEndpointChange],
  'endpoint.paused': [mailEndpointChange, tellStream],
  'endpoint.resumed': [resumeDeliveries, tellStream],
  'endpoint.retired': [mailEndpointChange, tellStream],
  'endpoint.confirmed': [resumeDeliveries],
  'delivery.queued': [pointContact],
  'delivery.escalated': [mailDeskTasks],

  'outcome.reported': [lookAgain],
}

/** Which reactions a kind of fact has, by name: what `record` queues, and what the sweep compares with. */
export function reactionNames(kind: string): readonly string[] {
  return (reactions[kind as FactKind] ?? []).map((reaction) => reaction.name)
}

/** Runs one reaction to one fact, found by the names in its job. */
export async function react(ground: Ground, name: string, fact: Fact): Promise<void> {
  const candidates = (reactions[fact.kind] ?? []) as Reaction<FactKind>[]
  const reaction = candidates.find((candidate) => candidate.name === name)
  // A reaction that was taken out of this page since has nothing left to do.
  if (!reaction) return
  const noticeId = 'noticeId' in fact.payload ? fact.payload.noticeId : undefined
  const about = { reaction: name, kind: fact.kind, factId: fact.id, ...(noticeId ? { noticeId } : {}) }
  await ground.traces.span('reaction', about, () => reaction(ground, fact))
}

export const allReactionNames: readonly string[] = [
  ...new Set((Object.keys(reactions) as FactKind[]).flatMap((kind) => [...reactionNames(kind)])),
]

/** What is kept true in the facts' own transaction. */
export function projectFacts(tx: Tx, facts: readonly RecordedFact[]): Promise<void> {
  return project(tx, facts)
}

/** What happens to our own keys is chained like everything else. */
export async function recordKey(tx: Tx, change: KeyChange, kid: string): Promise<void> {
  await record(tx, 'keys', change, { kid })
}

/** That a mail was taken is a fact of whatever it is about. */
export async function recordMail(tx: Tx, mail: SentMail): Promise<void> {
  await record(tx, chainOfMail(mail), 'mail.sent', { ...mail })
}
