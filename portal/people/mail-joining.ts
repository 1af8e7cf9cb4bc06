import type { Fact } from '../facts/facts.ts'
import type { Ground } from '../ground/ground.ts'
import { type JoiningKind, joiningLives, joiningToken } from './joining.ts'
import { selectJoining } from './joining-store.server.ts'
import { selectOrganisation } from './organisation-store.server.ts'
import type { Locale } from './person.ts'
import { plainName } from './plain-name.ts'

interface Letter {
  name: string
  company: string
  link: string
  /** How long the link works. */
  hours: number
}

export const letters: Record<Locale, Record<JoiningKind, { subject: string; text(letter: Letter): string[] }>> = {
  en: {
    join: {
      subject: 'Join Noticeline with this mailbox',
      text: ({ name, company, link, hours }) => [
        `${name} asked to register ${company} with this mailbox as its first contact.`,
        '',
        'If that is right, open this link and press the button there:',
        link,
        '',
        `It works once, and for ${hours} hours. Opening it changes nothing. Whoever presses the button becomes the owner of the`,
        'company’s record, so do not pass this mail on. If you know nothing of it, do nothing.',
      ],
    },
    claim: {
      subject: 'Claim your company’s record at Noticeline',
      text: ({ name, company, link, hours }) => [
        `${name} asked to claim the record of ${company}, which we know from its registry by this mailbox.`,
        '',
        'If that is right, open this link and press the button there:',
        link,
        '',
        `It works once, and for ${hours} hours. Opening it changes nothing. Whoever presses the button becomes the owner of the`,
        'company’s record, so do not pass this mail on, least of all to a customer. If you know nothing of it, do nothing.',
      ],
    },
    invitation: {
      subject: 'You are invited to Noticeline',
      text: ({ name, company, link, hours }) => [
        `Hello ${name},`,
        '',
        `you are invited to act for ${company} on Noticeline. Open this link, read the terms and press the button there:`,
        link,
        '',
        `It works once, and for ${Math.round(hours / 24)} days. Opening it changes nothing.`,
      ],
    },
  },
  nl: {
    join: {
      subject: 'Meld u bij Noticeline aan met deze mailbox',
      text: ({ name, company, link, hours }) => [
        `${name} vroeg om ${company} te registreren, met deze mailbox als eerste contact.`,
        '',
        'Klopt dat? Open dan deze link en druk daar op de knop:',
        link,
        '',
        `De link werkt één keer, en ${hours} uur lang. Openen verandert niets. Wie op de knop drukt, wordt eigenaar van de`,
        'gegevens van het bedrijf; stuur deze mail dus niet door. Weet u van niets? Dan hoeft u niets te doen.',
      ],
    },
    claim: {
      subject: 'Claim de gegevens van uw bedrijf bij Noticeline',
      text: ({ name, company, link, hours }) => [
        `${name} vroeg om de gegevens van ${company} te claimen, dat wij uit het register kennen door deze mailbox.`,
        '',
        'Klopt dat? Open dan deze link en druk daar op de knop:',
        link,
        '',
        `De link werkt één keer, en ${hours} uur lang. Openen verandert niets. Wie op de knop drukt, wordt eigenaar van de`,
        'gegevens van het bedrijf; stuur deze mail dus niet door, en zeker niet naar een klant. Weet u van niets? Dan hoeft u',
        'niets te doen.',
      ],
    },
    invitation: {
      subject: 'U bent uitgenodigd bij Noticeline',
      text: ({ name, company, link, hours }) => [
        `Dag ${name},`,
        '',
        `u bent uitgenodigd om bij Noticeline voor ${company} op te treden. Open deze link, lees de voorwaarden en druk daar op`,
        'de knop:',
        link,
        '',
        `De link werkt één keer, en ${Math.round(hours / 24)} dagen lang. Openen verandert niets.`,
      ],
    },
  },
}

/** Mails the link by which somebody comes in, to the mailbox it is about. Run twice, it mails the same one. */
export async function mailJoining(ground: Ground, fact: Fact<'joining.asked'>): Promise<void> {
  const joining = await selectJoining(ground.db.read, fact.payload.joiningId)
  if (!joining || joining.consumedAt || joining.expiresAt <= ground.clock.now()) return
  const organisation = joining.orgId === null ? null : await selectOrganisation(ground.db.read, joining.orgId)
  const letter = letters[joining.locale][joining.kind]
  const link = `${ground.config.origin}/join/${joiningToken(ground, joining.id)}`
  const text = letter.text({
    name: plainName(joining.personName),
    company: plainName(organisation?.name ?? joining.companyName ?? ''),
    link,
    hours: joiningLives[joining.kind] / 3_600_000,
  })
  await ground.mail.send({
    id: `mal_${joining.id}`,
    to: joining.email,
    subject: letter.subject,
    text: [...text, '', 'Noticeline', ''].join('\n'),
    about: {
      purpose: 'joining',
      ...(joining.orgId === null ? {} : { orgId: joining.orgId }),
      ...(joining.contactId === null ? {} : { contactId: joining.contactId }),
      of: joining.id,
    },
  })
}
