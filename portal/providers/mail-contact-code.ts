import type { Fact } from '../facts/facts.ts'
import type { Ground } from '../ground/ground.ts'
import { findOrganisation } from '../people/find-organisation.ts'
import { plainName } from '../people/plain-name.ts'
import { codeOf, linkToken } from './ask-contact.ts'
import { selectConfirmation } from './confirmation-store.server.ts'
import { selectContact } from './contact-store.server.ts'

/**
 * Mails the code that was asked for, or the challenge, with a link that does the same. Run twice, it mails the same under
 * the same id. What was brought back or replaced meanwhile is not mailed.
 */
export async function mailContactCode(ground: Ground, fact: Fact<'contact.asked' | 'contact.reminded'>): Promise<void> {
  const { confirmationId, contactId, orgId } = fact.payload
  const confirmation = await selectConfirmation(ground.db.read, confirmationId)
  const contact = await selectContact(ground.db.read, contactId)
  const organisation = await findOrganisation(ground.db.read, orgId)
  if (!confirmation || !contact || !organisation || confirmation.consumedAt || confirmation.voidedAt) return
  const code = codeOf(ground, confirmationId)
  const { origin } = ground.config
  const letter = letters[contact.locale]
  const parts: Parts = {
    organisation: plainName(organisation.name),
    contactId,
    code: `${code.slice(0, 4)}-${code.slice(4)}`,
    link: `${origin}/confirm/${linkToken(ground, confirmationId)}`,
    answer: `${origin}/v1/contacts/${contactId}/answer`,
    lapses: (contact.lapsesAt ?? confirmation.expiresAt).toISOString().slice(0, 10),
  }
  const days = fact.kind === 'contact.reminded' ? fact.payload.days : null
  await ground.mail.send({
    id: days === null ? `code-${confirmationId}` : `challenge-${confirmationId}-${days}`,
    to: contact.email,
    ...(days === null ? letter.verify(parts) : letter.challenge(parts, days)),
    about: { purpose: days === null ? 'contact_code' : 'contact_challenge', orgId, contactId, of: confirmationId },
  })
}

interface Parts {
  organisation: string
  contactId: string
  code: string
  link: string
  answer: string
  lapses: string
}

interface Words {
  subject: string
  text: string
}

interface Letter {
  verify(parts: Parts): Words
  challenge(parts: Parts, days: number): Words
}

export const letters: { readonly [locale in 'en' | 'nl']: Letter } = {
  en: {
    verify: ({ organisation, code, link }) => ({
      subject: 'Your code for Noticeline',
      text: `${organisation} has named this mailbox as one where notices of hotlines and authorities are read.

The code: ${code}

Type it on the page of your contact, or open this link and press the button there:

${link}

Both work for 30 minutes, and once. If nobody at your company asked for this, do nothing: nothing is sent here then.
Opening the link changes nothing.
`,
    }),
    challenge: ({ organisation, contactId, code, link, answer, lapses }, days) => ({
      subject:
        days === 0
          ? 'Nobody has answered for this mailbox'
          : `Does somebody read this mailbox? Please answer by ${lapses}`,
      text: `${
        days === 0
          ? `It is half a year ago that somebody showed that this mailbox of ${organisation} is read. From today notices go to your other contacts first.`
          : `Every six months we ask whether somebody reads this mailbox, where notices go to ${organisation}. The last proof holds until ${lapses}.`
      }

A person answers by opening this link and pressing the button there. Opening it changes nothing:

${link}

A machine answers with the code ${code} (contact ${contactId}) and a token with the scope contacts:write:

curl -X POST ${answer} \\
  -H "Authorization: Bearer $NOTICELINE_TOKEN" \\
  -H "Content-Type: application/json" \\
  -d '{"code":"${code}"}'

There is no need to reply to this mail.
`,
    }),
  },
  nl: {
    verify: ({ organisation, code, link }) => ({
      subject: 'Uw code voor Noticeline',
      text: `${organisation} heeft deze mailbox opgegeven als een waar meldingen van meldpunten en autoriteiten worden gelezen.

De code: ${code}

Typ haar op de pagina van uw contact, of open deze link en druk daar op de knop:

${link}

Beide werken 30 minuten, en één keer. Heeft niemand bij uw bedrijf hierom gevraagd? Dan hoeft u niets te doen: dan wordt
hier niets naartoe gestuurd. Openen van de link verandert niets.
`,
    }),
    challenge: ({ organisation, contactId, code, link, answer, lapses }, days) => ({
      subject:
        days === 0
          ? 'Niemand heeft voor deze mailbox geantwoord'
          : `Leest iemand deze mailbox? Antwoord graag voor ${lapses}`,
      text: `${
        days === 0
          ? `Een half jaar geleden bleek voor het laatst dat deze mailbox van ${organisation} wordt gelezen. Vanaf vandaag gaan meldingen eerst naar uw andere contacten.`
          : `Elk half jaar vragen wij of iemand deze mailbox leest, waar meldingen aan ${organisation} aankomen. Het laatste bewijs geldt tot ${lapses}.`
      }

Een mens antwoordt door deze link te openen en daar op de knop te drukken. Openen verandert niets:

${link}

Een machine antwoordt met de code ${code} (contact ${contactId}) en een token met de scope contacts:write:

curl -X POST ${answer} \\
  -H "Authorization: Bearer $NOTICELINE_TOKEN" \\
  -H "Content-Type: application/json" \\
  -d '{"code":"${code}"}'

Op deze mail antwoorden is niet nodig.
`,
    }),
  },
}
