export type FactorKind = 'totp' | 'passkey'

/** The closed list of what can happen. Payloads hold ids, codes, digests and instants; never an address or free text. */
export interface Facts {
  /** A company that never heard of us was found in the registry of addresses. */
  'provider.known': { orgId: string }
  /** `by`: whose hand it was; left out where an organisation was set up as admitted. */
  'organisation.admitted': {
    orgId: string
    by?: 'desk' | 'registry_mail' | 'invitation'
    decisionId?: string
    personId?: string
  }
  'organisation.suspended': { orgId: string; decisionId: string; personId: string }
  'organisation.reinstated': { orgId: string; decisionId: string; personId: string }
  'organisation.invited': { orgId: string; decisionId: string; personId: string; joiningId: string }
  /** Names of what was changed, never what stands in it. */
  'organisation.changed': { orgId: string; personId: string; changed: string[] }
  'admission.asked': { orgId: string; personId: string }
  'admission.refused': { orgId: string; decisionId: string; personId: string }
  /** A link was asked for by which somebody comes in. */
  'joining.asked': { joiningId: string; orgId?: string; how: 'join' | 'claim' | 'invitation' }
  /** Its mailbox answered: somebody acts for the organisation now. */
  'organisation.joined': { orgId: string; personId: string; joiningId: string; how: 'join' | 'claim' | 'invitation' }
  'claim.contested': { orgId: string; claimId: string }
  'claim.settled': {
    orgId: string
    claimId: string
    decisionId: string
    personId: string
    decision: 'upheld' | 'dismissed'
  }
  'terms.accepted': { orgId: string; personId: string; version: string }
  'consent.given': { orgId: string; personId: string; regime: string }
  'consent.withdrawn': { orgId: string; personId: string; regime: string }
  /** Self-declared adherence to the voluntary code; `since` is null where it is taken back. */
  'adherence.declared': { orgId: string; personId: string; since: string | null }
  'network.proven': { orgId: string; networkId: string }
  /** `personId`: of the desk, where that is whose decision it was. */
  'network.ended': { orgId: string; networkId: string; code?: string; personId?: string }
  /** `proof`: by what it is to be shown. Nothing counts yet. */
  'network.claimed': { orgId: string; claimId: string; proof: string }
  /** Its proof was found. Whether it counts is said by `network.proven`. */
  'network.proof-found': { orgId: string; claimId: string }
  /** Not found at the weekly look: the first time, and when reminders are due. `number` counts them from 1. */
  'network.proof-missed': { orgId: string; claimId: string; number: number; endsAt: string }
  /** It lies in the network of `holderId`, who is told, and alone is asked. */
  'network.consent-asked': { orgId: string; claimId: string; holderId: string }
  'network.consented': { orgId: string; claimId: string; holderId: string }
  'network.consent-refused': { orgId: string; claimId: string; holderId: string }
  'network.decided': { orgId: string; claimId: string; decision: 'accepted' | 'refused'; personId: string | null }
  'network.claim-ended': { orgId: string; claimId: string; code: string }
  'network.delegated': { orgId: string; toOrgId: string; delegationId: string; endsAt: string; sees: string }
  'network.delegation-ended': { orgId: string; toOrgId: string; delegationId: string; code: 'revoked' | 'parent_ended' }
  'api-token.issued': { orgId: string; apiTokenId: string }
  'api-token.revoked': { orgId: string; apiTokenId: string }
  /** `locale`: of the page on which it was asked for, where that is known. */
  'sign-in.requested': { signInId: string; personId: string; locale?: 'en' | 'nl' }
  'person.signed-in': { personId: string; orgId: string; sessionId: string }
  'person.signed-out': { personId: string; sessionId: string }
  'sessions.ended': {
    personId: string
    sessionIds: string[]
    why: 'replaced' | 'revoked' | 'role-changed' | 'removed' | 'mailbox-changed' | 'factor-changed'
  }
  /** A second factor was shown; from here on the session may what its person may. */
  'person.assured': { personId: string; sessionId: string; by: FactorKind | 'recovery' }
  /** Too many wrong answers in a row. */
  'person.blocked': { personId: string; until: string }
  'person.moved': { personId: string; sessionId: string; orgId: string }
  'person.changed': { personId: string; locale: 'en' | 'nl' }
  'factor.added': { personId: string; factor: FactorKind; passkeyId?: string }
  'factor.removed': { personId: string; factor: FactorKind; passkeyId?: string }
  'recovery-codes.made': { personId: string; count: number }
  'mailbox-change.requested': { personId: string; changeId: string }
  'mailbox.changed': { personId: string; changeId: string }

  /** `by`: null where the platform invites an organisation's first person. */
  'member.invited': { orgId: string; invitationId: string; role: string; by: string | null; sent: number }
  'invitation.revoked': { orgId: string; invitationId: string; by: string | null }
  'member.joined': { orgId: string; personId: string; role: string; invitationId: string }
  'member.role-changed': { orgId: string; personId: string; role: string; by: string }
  'member.removed': { orgId: string; personId: string; by: string }

  'contact.added': { orgId: string; contactId: string } & ByWhom
  /** `change`: which members, by name. `formerId`: of the mailbox that is written to no longer. */
  'contact.changed': { orgId: string; contactId: string; change: string; formerId?: string } & ByWhom
  'contact.removed': { orgId: string; contactId: string; formerId?: string } & ByWhom
  /** A code and a link are to be mailed. */
  'contact.asked': { orgId: string; contactId: string; confirmationId: string; why: 'verify' | 'challenge' } & ByWhom
  /** So many days before its proof lapses; 0: it has. */
  'contact.reminded': { orgId: string; contactId: string; confirmationId: string; days: number }
  /** Somebody answers there: for the first time, after its mailbox was changed, or to the challenge. */
  'contact.confirmed': {
    orgId: string
    contactId: string
    why: 'verify' | 'challenge'
    how: 'code' | 'link' | 'api'
  } & ByWhom
  'contact.lapsed': { orgId: string; contactId: string }
  /** It is written to no more, or after all others. */
  'contact.failed': {
    orgId: string
    contactId: string
    reason: 'returned' | 'silent' | 'complained'
    code: string | null
  }

  'endpoint.added': { orgId: string; endpointId: string }
  'endpoint.changed': { orgId: string; endpointId: string; change: string }
  'endpoint.confirmed': { orgId: string; endpointId: string; mediaType: string; grade: 'answered' | 'signed' }
  'endpoint.refused': { orgId: string; endpointId: string; code: string }
  'endpoint.paused': { orgId: string; endpointId: string; reason: string }
  'endpoint.resumed': { orgId: string; endpointId: string }
  /** The receiver was told what its stream is now; `code` is null where it said 202, else it is told again. */
  'stream.told': {
    orgId: string
    endpointId: string
    jti: string
    status: 'enabled' | 'paused' | 'disabled'
    code: string | null
  }
  /** Nothing is ever sent there again. */
  'endpoint.retired': { orgId: string; endpointId: string }
  'rehearsal.started': { orgId: string; endpointId: string; rehearsalId: string }
  'rehearsal.ended': { orgId: string; endpointId: string; rehearsalId: string; state: 'passed' | 'failed' }
  'provider-key.revoked': { orgId: string; thumbprint: string }

  /** Everything attributed at submission is part of it; what is left follows as its own fact. */
  'notice.issued': {
    noticeId: string
    orgId: string
    regime: string
    itemIds: string[]
    attributed?: { itemId: string; orgId: string; attributionId: string }[]
    /** Linked to an item of another notice that is still open: not sent a second time. */
    duplicates?: { itemId: string; of: string }[]
  }
  'notice.withdrawn': { noticeId: string; seq: number; itemIds: string[]; reason: string }
  'notice.closed': { noticeId: string; seq: number; itemIds: string[]; headlines: { [itemId: string]: string } }
  'item.attributed': {
    noticeId: string
    itemId: string
    orgId: string
    attributionId: string
    by: 'network' | 'desk' | 'registry'
  }
  /** In nobody's proven network: the routing table and the registries are asked who holds it. */
  'holder.sought': { noticeId: string; itemIds: string[] }
  'item.unattributed': { noticeId: string; itemId: string; code: string }
  'item.revealed': {
    noticeId: string
    itemId: string
    orgId: string
    personId: string | null
    apiTokenId: string | null
    /** Of the mailed link, where nobody was signed in. */
    contactId?: string
    purpose: string
  }

  'delivery.queued': {
    noticeId: string
    deliveryId: string
    orgId: string
    jti: string
    seq: number
    event: string
    setSha256: string
  }
  'delivery.attempted': {
    noticeId: string
    deliveryId: string
    orgId: string
    attemptId: string
    number: number
    result: string
    code: string | null
  }
  'delivery.offered': { noticeId: string; deliveryId: string; orgId: string; at: string }
  'delivery.received': {
    noticeId: string
    deliveryId: string
    orgId: string
    how: 'push' | 'poll' | 'signed_receipt' | 'form_confirmed'
    at: string
  }
  /** A mail that says where to look, and nothing else, went to a contact. */
  'delivery.pointed': { noticeId: string; deliveryId: string; orgId: string; contactId: string }
  /** Sent once more on request, with the same bytes. */
  'delivery.resent': { noticeId: string; deliveryId: string; orgId: string }
  'deliveries.recovered': { orgId: string; since: string; count: number }
  /** The deadline comes closer and it has not arrived: the next contact and the notifier, then the desk; or it arrived and was not acknowledged. */
  'delivery.escalated': {
    noticeId: string
    deliveryId: string
    orgId: string
    step: 'next_contact' | 'desk' | 'unacknowledged'
    contactId: string | null
    taskId: string | null
  }
  /** Somebody on the desk saw to it. */
  'task.closed': { noticeId: string; deliveryId: string; orgId: string; taskId: string; personId: string }
  'delivery.failed': { noticeId: string; deliveryId: string; orgId: string; code: string }
  'receipt.recorded': {
    noticeId: string
    deliveryId: string
    orgId: string
    receiptId: string
    grade: string
    setSha256: string
  }
  /** A token we never sent, or another digest under a known id: somebody is mistaken, or lying. */
  'receipt.contested': { noticeId: string; orgId: string; jti: string; setSha256: string }

  /** Offered on a live second channel for as long as its norm waits: silence counts as receipt from `at` on. */
  'receipt.deemed': { noticeId: string; itemId: string; orgId: string; at: string }
  'clock.started': { noticeId: string; itemIds: string[]; orgId: string; at: string }
  'clock.paused': { noticeId: string; itemId: string; orgId: string; reason: string; at: string }
  'clock.resumed': { noticeId: string; itemId: string; orgId: string; at: string }
  'clock.stopped': { noticeId: string; itemId: string; orgId: string; at: string }
  /** Its instants lay ahead, written while the time was wrong: they count as this one. */
  'clock.set-right': { noticeId: string; itemId: string; orgId: string; at: string }
  'deadline.passed': { noticeId: string; itemId: string; orgId: string; due: string }

  'outcome.reported': {
    noticeId: string
    reportId: string
    orgId: string
    grade: string
    outcomes: { itemId: string; code: string; at: string }[]
  }
  'item.observed': { noticeId: string; itemId: string; observationId: string; method: string; result: string }
  'item.confirmed-offline': { noticeId: string; itemId: string; grade: 'machine' | 'analyst'; at: string }
  'item.contradicted': { noticeId: string; itemId: string; observationId: string }
  'item.reappeared': { noticeId: string; itemId: string; observationId: string }

  /** `contactId`: of the role mailbox it went to; null for a person's own. `noticeId`: where it is about one. */
  'mail.sent': Mailed
  /** It came back. Permanent: that mailbox takes nothing; otherwise it may again, later. `code`: of RFC 3463. */
  'mail.returned': Mailed & { permanent: boolean; code: string }
  /** A machine answered, which says nothing about whether anybody reads. */
  'mail.auto-replied': Mailed
  /** A person wrote back, or typed the number on the page it links to. What they wrote is no outcome. */
  'mail.answered': Mailed
  /** Somebody there, or their provider, called it unwanted (RFC 5965). */
  'mail.complained': Mailed
  /** For days after it nothing came: no return, no answer, no receipt. */
  'mail.silent': Mailed
  /** The desk read what a person wrote. */
  'mail.opened': { receivedMailId: string; orgId: string; personId: string }

  /** One of our own parts was not there, or its database was not. */
  'outage.recorded': { part: 'portal' | 'worker'; beganAt: string; endedAt: string }

  'key.published': { kid: string }
  'key.activated': { kid: string }
  'key.revoked': { kid: string }
  /** Somebody on the desk said that a key of ours fell into other hands. */
  'key.compromised': { kid: string; personId: string | null }
}

/** Whose hand it was: a person's or a program's. Nobody is named where a link was pressed, or where the clock did it. */
interface ByWhom {
  personId?: string
  apiTokenId?: string
}

interface Mailed {
  mailId: string
  /** Null for what is a person's own, and where there is no organisation yet. */
  orgId: string | null
  contactId: string | null
  recipientId?: string
  noticeId?: string
  of?: string
}

export type FactKind = keyof Facts

/** A chain is one notice's history (`ntc_…`); what belongs to no notice is chained by organisation or person. */
export type Fact<K extends FactKind = FactKind> = K extends FactKind
  ? { id: string; chain: string; seq: number; kind: K; at: Date; payload: Facts[K] }
  : never
