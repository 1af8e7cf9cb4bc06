import type { Fact } from '../facts/facts.ts'
import type { Ground } from '../ground/ground.ts'
import { findOrganisation } from '../people/find-organisation.ts'
import type { Locale } from '../people/person.ts'
import { readContacts } from '../providers/read-contacts.ts'
import { mailCode, mailToken } from './claim-token.ts'
import { writtenAs } from './network-claim.ts'
import { type ClaimRow, selectClaim } from './network-claim-store.server.ts'
import { type LetterName, letters } from './network-letters.ts'

/**
 * Asks the mailbox that the registry names whether the company may be the addressee. It goes there and nowhere else; where
 * whoever claims can name a mailbox, he can name his own. Run twice, it mails the same under the same id.
 */
export async function mailProofRequest(ground: Ground, fact: Fact<'network.claimed'>): Promise<void> {
  const claim = await selectClaim(ground.db.read, fact.payload.claimId)
  const mailbox = claim?.registry?.mailbox
  if (!claim || !mailbox || claim.proof !== 'registry_mail' || claim.provenAt || claim.endedAt) return
  const organisation = await findOrganisation(ground.db.read, claim.orgId)
  if (!organisation) return
  // The registry's country says more of who reads there than the claimant's choice; both languages stand in it.
  const said = {
    network: writtenAs(claim),
    company: organisation.name,
    code: mailCode(ground, claim.id),
    link: `${ground.config.origin}/network-proof/${mailToken(ground, claim.id)}`,
    until: claim.expiresAt.toISOString(),
  }
  await ground.mail.send({
    id: `network-proof-${claim.id}`,
    to: mailbox,
    subject: letters.en.proof.subject,
    text: [...letters.en.proof.text(said), '', '---', '', ...letters.nl.proof.text(said), ''].join('\n'),
  })
}

/** The holder, who alone gets notices for it until then, is asked whether a part of its network is somebody else's. */
export async function mailConsentRequest(ground: Ground, fact: Fact<'network.consent-asked'>): Promise<void> {
  const claim = await selectClaim(ground.db.read, fact.payload.claimId)
  if (!claim || claim.endedAt || claim.consentedAt) return
  await mailContacts(ground, fact, { orgId: fact.payload.holderId, letter: 'consent', claim })
}

/** Whoever claimed hears that it counts, what was decided about it, that its proof is missed, or that it is over. */
export async function mailClaimant(
  ground: Ground,
  fact: Fact<'network.proof-missed' | 'network.claim-ended' | 'network.decided' | 'network.consented'>,
): Promise<void> {
  const claim = await selectClaim(ground.db.read, fact.payload.claimId)
  if (!claim) return
  const until = fact.kind === 'network.proof-missed' ? fact.payload.endsAt : ''
  await mailContacts(ground, fact, { orgId: claim.orgId, letter: letterOf(fact), claim, until })
}

function letterOf(
  fact: Fact<'network.proof-missed' | 'network.claim-ended' | 'network.decided' | 'network.consented'>,
): LetterName {
  switch (fact.kind) {
    case 'network.proof-missed':
      return 'missed'
    case 'network.consented':
      return 'consented'
    case 'network.decided':
      return fact.payload.decision
    case 'network.claim-ended':
      return 'ended'
  }
}

async function mailContacts(
  ground: Ground,
  fact: Fact,
  { orgId, letter, claim, until = '' }: { orgId: string; letter: LetterName; claim: ClaimRow; until?: string },
): Promise<void> {
  const told = await findOrganisation(ground.db.read, orgId)
  const claimant = await findOrganisation(ground.db.read, claim.orgId)
  if (!told || !claimant) return
  const locale: Locale = told.locale
  const said = {
    network: writtenAs(claim),
    company: claimant.name,
    code: '',
    link: `${ground.config.origin}/provider/networks${letter === 'consent' ? '' : `/${claim.id}`}`,
    until,
  }
  const { subject, text } = letters[locale][letter]
  for (const contact of await readContacts(ground.db.read, orgId)) {
    if (contact.verifiedAt === null) continue
    await ground.mail.send({
      id: `network-${fact.id}-${contact.id}`,
      to: contact.email,
      subject,
      text: [...text(said), ''].join('\n'),
      about: { orgId, contactId: contact.id, purpose: 'network' },
    })
  }
}
