import type { Fact } from '../facts/facts.ts'
import type { Ground } from '../ground/ground.ts'
import { selectContestedClaim } from './joining-store.server.ts'
import { selectDecision, selectDeskOwners, selectOrganisation, selectOwners } from './organisation-store.server.ts'
import type { Locale } from './person.ts'
import { plainName } from './plain-name.ts'

type Decided = 'organisation.admitted' | 'admission.refused' | 'organisation.suspended' | 'organisation.reinstated'

export const words: Record<Locale, Record<Decided, { subject: string; text(name: string, link: string): string }>> = {
  en: {
    'organisation.admitted': {
      subject: 'Your company is admitted',
      text: (name, link) =>
        `${name} is admitted to Noticeline. From now on notices reach it by the ways you set up: ${link}`,
    },
    'admission.refused': {
      subject: 'Your company is not admitted',
      text: (name, link) =>
        `${name} is not admitted to Noticeline. You can put right what is wrong and ask again: ${link}`,
    },
    'organisation.suspended': {
      subject: 'Your organisation is suspended',
      text: (name) =>
        `${name} is suspended at Noticeline. Its sessions have ended and its tokens open nothing. Answer this mail to reach the desk.`,
    },
    'organisation.reinstated': {
      subject: 'Your organisation is back',
      text: (name, link) => `${name} is no longer suspended at Noticeline. Sign in again: ${link}`,
    },
  },
  nl: {
    'organisation.admitted': {
      subject: 'Uw bedrijf is toegelaten',
      text: (name, link) =>
        `${name} is toegelaten tot Noticeline. Vanaf nu komen meldingen langs de wegen die u hebt ingesteld: ${link}`,
    },
    'admission.refused': {
      subject: 'Uw bedrijf is niet toegelaten',
      text: (name, link) =>
        `${name} is niet toegelaten tot Noticeline. U kunt verhelpen wat er niet klopt en het opnieuw vragen: ${link}`,
    },
    'organisation.suspended': {
      subject: 'Uw organisatie is geschorst',
      text: (name) =>
        `${name} is bij Noticeline geschorst. De sessies zijn beëindigd en de tokens openen niets meer. Beantwoord deze mail om de desk te bereiken.`,
    },
    'organisation.reinstated': {
      subject: 'Uw organisatie doet weer mee',
      text: (name, link) => `${name} is bij Noticeline niet langer geschorst. Log opnieuw in: ${link}`,
    },
  },
}

const reasonLabel: Record<Locale, string> = { en: 'Reason', nl: 'Reden' }

/** What was decided about an organisation, and why, is mailed to its owners. Run twice, it mails the same. */
export async function mailDecision(ground: Ground, fact: Fact<Decided>): Promise<void> {
  const { orgId } = fact.payload
  const decisionId = fact.payload.decisionId
  const organisation = await selectOrganisation(ground.db.read, orgId)
  const decision = decisionId ? await selectDecision(ground.db.read, decisionId) : null
  // Set up as admitted, or come in by an invitation: there is nothing anybody waits to hear.
  if (!organisation || !decision) return
  if (fact.kind === 'organisation.admitted' && fact.payload.by === 'invitation') return
  const link = `${ground.config.origin}/${organisation.kind === 'provider' ? 'provider/joining' : 'notifier'}`
  for (const owner of await selectOwners(ground.db.read, orgId)) {
    const letter = words[owner.locale][fact.kind]
    const reason = decision.personId ? ['', `${reasonLabel[owner.locale]}: ${decision.reason}`] : []
    await ground.mail.send({
      id: `decision-${decision.id}-${owner.id}`,
      to: owner.email,
      subject: letter.subject,
      text: [letter.text(plainName(organisation.name), link), ...reason, '', 'Noticeline', ''].join('\n'),
      about: { purpose: 'decision', orgId, recipientId: owner.id, of: decision.id },
    })
  }
}

export const contested: Record<Locale, { subject: string; text(name: string, link: string): string[] }> = {
  en: {
    subject: 'Somebody else claims your company’s record',
    text: (name, link) => [
      `Somebody pressed a link that was mailed to a contact mailbox of ${name}, to claim its record. Nothing has changed by it.`,
      '',
      'If that was a colleague, add them under People. If you know nothing of it, tell the desk, and look at who reads your',
      'contact mailboxes.',
      '',
      link,
    ],
  },
  nl: {
    subject: 'Iemand anders claimt de gegevens van uw bedrijf',
    text: (name, link) => [
      `Iemand drukte op een link die naar een contactadres van ${name} was gemaild, om de gegevens te claimen. Er is daardoor niets`,
      'veranderd.',
      '',
      'Was het een collega, voeg die dan toe onder Mensen. Weet u van niets? Waarschuw de desk, en ga na wie uw',
      'contactadressen leest.',
      '',
      link,
    ],
  },
}

/** A claim on a company that has its own people goes to its owners and to the desk. */
export async function mailContestedClaim(ground: Ground, fact: Fact<'claim.contested'>): Promise<void> {
  const { orgId, claimId } = fact.payload
  const organisation = await selectOrganisation(ground.db.read, orgId)
  const claim = await selectContestedClaim(ground.db.read, claimId)
  if (!organisation || !claim) return
  const { origin } = ground.config
  const told = [
    ...(await selectOwners(ground.db.read, orgId)).map((owner) => ({ ...owner, link: `${origin}/provider` })),
    ...(await selectDeskOwners(ground.db.read)).map((owner) => ({ ...owner, link: `${origin}/operator/admissions` })),
  ]
  for (const { id, email, locale, link } of told) {
    const letter = contested[locale]
    await ground.mail.send({
      id: `claim-${claimId}-${id}`,
      to: email,
      subject: letter.subject,
      text: [...letter.text(plainName(organisation.name), link), '', 'Noticeline', ''].join('\n'),
      about: { purpose: 'contested_claim', orgId, recipientId: id, of: claimId },
    })
  }
}
