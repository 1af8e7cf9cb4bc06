import type { Fact } from '../facts/facts.ts'
import type { Ground } from '../ground/ground.ts'
import { findOrganisation } from '../people/find-organisation.ts'
import { findOwners } from '../people/find-owners.ts'
import { plainName } from '../people/plain-name.ts'
import { readContacts } from '../providers/read-contacts.ts'
import { selectNetwork } from './attribution-store.server.ts'
import { mailCode, mailToken } from './claim-token.ts'
import { writtenAs } from './network-claim.ts'
import { type ClaimRow, selectClaim, selectClaimOfNetwork } from './network-claim-store.server.ts'
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
    company: plainName(organisation.name),
    code: mailCode(ground, claim.id),
    link: `${ground.config.origin}/network-proof/${mailToken(ground, claim.id)}`,
    until: claim.expiresAt.toISOString(),
  }
  await ground.mail.send({
    id: `network-proof-${claim.id}`,
    to: mailbox,
    subject: letters.en.proof.subject,
    text: [...letters.en.proof.text(said), '', '---', '', ...letters.nl.proof.text(said), ''].join('\n'),
    network: said.network,
    about: { purpose: 'network_proof', orgId: claim.orgId, of: claim.id },
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
  // What the desk ended is told by `mailNetworkEnded`, whether there was a claim or not.
  if (fact.kind === 'network.claim-ended' && fact.payload.code === 'desk_ended') return
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

/** The desk ended a network: whoever held it hears that, and where to read why. */
export async function mailNetworkEnded(ground: Ground, fact: Fact<'network.ended'>): Promise<void> {
  const { orgId, networkId, code } = fact.payload
  if (code !== 'desk_ended') return
  const network = await selectNetwork(ground.db.read, networkId)
  if (!network) return
  const claim = await selectClaimOfNetwork(ground.db.read, networkId)
  const written = writtenAs({ ...network, kind: network.kind as ClaimRow['kind'] })
  await tell(ground, fact, { orgId, letter: 'taken', about: { id: claim?.id ?? networkId, orgId, written } })
}

async function mailContacts(
  ground: Ground,
  fact: Fact,
  { claim, ...told }: { orgId: string; letter: LetterName; claim: ClaimRow; until?: string },
): Promise<void> {
  await tell(ground, fact, { ...told, about: { id: claim.id, orgId: claim.orgId, written: writtenAs(claim) } })
}

interface Telling {
  orgId: string
  letter: LetterName
  about: { id: string; orgId: string; written: string }
  until?: string
}

async function tell(ground: Ground, fact: Fact, { orgId, letter, about, until = '' }: Telling): Promise<void> {
  const told = await findOrganisation(ground.db.read, orgId)
  const claimant = await findOrganisation(ground.db.read, about.orgId)
  if (!told || !claimant) return
  const said = {
    network: about.written,
    company: plainName(claimant.name),
    code: '',
    link: `${ground.config.origin}/provider/networks${letter === 'consent' ? '' : `/${about.id}`}`,
    until,
  }
  const { subject, text } = letters[told.locale][letter]
  for (const { id, email, contactId } of await mailboxesOf(ground, orgId)) {
    await ground.mail.send({
      id: `network-${fact.id}-${id}`,
      to: email,
      subject,
      text: [...text(said), ''].join('\n'),
      network: about.written,
      about: { purpose: 'network', orgId, ...(contactId && { contactId }), of: about.id },
    })
  }
}

/** The contacts that answered; where there is none, the owners, at the mailboxes they came in by; else the registry's. */
async function mailboxesOf(
  ground: Ground,
  orgId: string,
): Promise<{ id: string; email: string; contactId: string | null }[]> {
  const contacts = await readContacts(ground.db.read, orgId)
  const asContact = ({ id, email }: (typeof contacts)[number]) => ({ id, email, contactId: id })
  const answered = contacts.filter(({ verifiedAt, unreachableAt }) => verifiedAt !== null && unreachableAt === null)
  if (answered.length > 0) return answered.map(asContact)
  const owners = await findOwners(ground.db.read, orgId)
  if (owners.length > 0) return owners.map(({ id, email }) => ({ id, email, contactId: null }))
  // Nobody came in yet: all there is is what the registry named.
  const organisation = await findOrganisation(ground.db.read, orgId)
  return organisation?.knownFrom === 'registry' ? contacts.map(asContact) : []
}
