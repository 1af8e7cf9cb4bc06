import type { Fact } from '../facts/facts.ts'
import type { Ground } from '../ground/ground.ts'
import { stateOf } from './contact.ts'
import { selectContacts, selectFormerMailbox } from './contact-store.server.ts'

type News = 'contact.confirmed' | 'contact.changed' | 'contact.removed' | 'contact.lapsed' | 'contact.failed'

/**
 * Where notices go was changed, or somewhere nobody answers: the other contacts hear of it, and so does the mailbox
 * that is written to no longer, because whoever took a token or an account could turn notices elsewhere unseen, and because a
 * silent desk does not notice its own silence. Which contact is said by its number, never by its mailbox. Run twice, it mails
 * the same under the same id.
 */
export async function mailContactNews(ground: Ground, fact: Fact<News>): Promise<void> {
  const { orgId, contactId } = fact.payload
  const about = newsOf(fact)
  if (about === null) return
  const now = ground.clock.now()
  // Where our mail is called unwanted, only what somebody may have done unseen is worth one.
  const passed = ['unverified', 'unreachable', ...(warnings.includes(about) ? [] : ['complained'])]
  const others = (await selectContacts(ground.db.read, orgId)).filter(
    (one) => one.id !== contactId && !passed.includes(stateOf(one, now)),
  )
  const recipients: Recipient[] = others.map(({ email: to, locale, id }) => ({
    to,
    locale,
    contactId: id,
    key: id,
    about,
  }))
  const formerId = 'formerId' in fact.payload ? fact.payload.formerId : undefined
  const former = formerId === undefined ? undefined : await selectFormerMailbox(ground.db.read, formerId)
  if (former) {
    const locale = former.locale === 'nl' ? 'nl' : 'en'
    recipients.push({
      to: former.email,
      locale,
      key: 'former',
      about: `${about === 'moved' ? 'moved' : 'removed'}-here`,
    })
  }
  for (const { to, locale, key, about, contactId: recipient } of recipients) {
    const { subject, text } = letters[locale][about]
    await ground.mail.send({
      id: `news-${fact.id}-${key}`,
      to,
      subject,
      text: closing[locale](text, {
        contactId,
        at: fact.at.toISOString(),
        link: `${ground.config.origin}/provider/contacts`,
      }),
      about: { purpose: 'contact_news', orgId, ...(recipient && { contactId: recipient }), of: contactId },
    })
  }
}

interface Recipient {
  to: string
  locale: 'en' | 'nl'
  /** Left out for a mailbox that is no contact's any longer. */
  contactId?: string
  key: string
  about: About
}

type About =
  | 'added'
  | 'moved'
  | 'removed'
  | 'lapsed'
  | 'returned'
  | 'silent'
  | 'complained'
  | 'moved-here'
  | 'removed-here'

const warnings: readonly About[] = ['added', 'moved', 'removed']

function newsOf(fact: Fact<News>): About | null {
  switch (fact.kind) {
    case 'contact.confirmed':
      return fact.payload.why === 'verify' ? 'added' : null
    case 'contact.changed':
      return fact.payload.change.split(' ').includes('mailbox') ? 'moved' : null
    case 'contact.removed':
      return 'removed'
    case 'contact.lapsed':
      return 'lapsed'
    case 'contact.failed':
      return fact.payload.reason
  }
}

interface Detail {
  contactId: string
  at: string
  link: string
}

export const closing: { readonly [locale in 'en' | 'nl']: (text: string, detail: Detail) => string } = {
  en: (text, { contactId, at, link }) =>
    [text, '', `Contact: ${contactId}`, `When: ${at}`, '', `See and change your contacts: ${link}`].join('\n'),
  nl: (text, { contactId, at, link }) =>
    [text, '', `Contact: ${contactId}`, `Wanneer: ${at}`, '', `Bekijk en wijzig uw contacten: ${link}`].join('\n'),
}

export const letters: {
  readonly [locale in 'en' | 'nl']: { readonly [A in About]: { subject: string; text: string } }
} = {
  en: {
    added: {
      subject: 'A contact of yours answers now',
      text: 'A mailbox was confirmed, and notices may be pointed to it. If you know nothing of it, tell the desk at once.',
    },
    moved: {
      subject: 'A contact of yours has another mailbox',
      text: 'Until the new mailbox has answered, nothing is sent there. If you know nothing of it, tell the desk at once.',
    },
    'moved-here': {
      subject: 'This mailbox is no longer the contact it was',
      text: 'Somebody at your company named another mailbox in its place. Nothing more is sent here, and the links that were mailed here open nothing. If you know nothing of it, tell the desk at once.',
    },
    'removed-here': {
      subject: 'This mailbox was removed from your contacts',
      text: 'Nothing more is sent here, and the links that were mailed here open nothing. If you know nothing of it, tell the desk at once.',
    },
    removed: {
      subject: 'A contact of yours was removed',
      text: 'Nothing is sent there any more. If you know nothing of it, tell the desk at once.',
    },
    lapsed: {
      subject: 'Nobody answered for a contact of yours',
      text: 'We asked for two weeks whether somebody reads that mailbox. From now on notices go to your other contacts first.',
    },
    returned: {
      subject: 'Mail to a contact of yours comes back',
      text: 'Nothing is sent there until it is confirmed again. What was under way goes to your next contact.',
    },
    silent: {
      subject: 'A contact of yours does not follow its mails',
      text: 'Several notices in a row were pointed to that mailbox, and nobody followed. Your other contacts come first now.',
    },
    complained: {
      subject: 'A contact of yours calls our mail unwanted',
      text: 'Our mail was marked as spam there, so it may not be seen. Your other contacts come first now. Let our mail through, and confirm the contact again.',
    },
  },
  nl: {
    added: {
      subject: 'Een contact van u antwoordt nu',
      text: 'Een mailbox is bevestigd, en meldingen mogen daarheen verwijzen. Weet u van niets, waarschuw dan meteen de desk.',
    },
    moved: {
      subject: 'Een contact van u heeft een andere mailbox',
      text: 'Tot de nieuwe mailbox heeft geantwoord, wordt daar niets naartoe gestuurd. Weet u van niets, waarschuw dan meteen de desk.',
    },
    'moved-here': {
      subject: 'Deze mailbox is niet langer het contact dat zij was',
      text: 'Iemand bij uw bedrijf gaf er een andere mailbox voor op. Hier komt niets meer naartoe, en links die hierheen zijn gemaild openen niets meer. Weet u van niets, waarschuw dan meteen de desk.',
    },
    'removed-here': {
      subject: 'Deze mailbox is van uw contacten afgehaald',
      text: 'Hier komt niets meer naartoe, en links die hierheen zijn gemaild openen niets meer. Weet u van niets, waarschuw dan meteen de desk.',
    },
    removed: {
      subject: 'Een contact van u is verwijderd',
      text: 'Daar wordt niets meer naartoe gestuurd. Weet u van niets, waarschuw dan meteen de desk.',
    },
    lapsed: {
      subject: 'Niemand antwoordde voor een contact van u',
      text: 'Twee weken lang vroegen wij of iemand die mailbox leest. Meldingen gaan voortaan eerst naar uw andere contacten.',
    },
    returned: {
      subject: 'Mail aan een contact van u komt terug',
      text: 'Daar wordt niets meer naartoe gestuurd tot het opnieuw is bevestigd. Wat onderweg was, gaat naar uw volgende contact.',
    },
    silent: {
      subject: 'Een contact van u volgt zijn mails niet op',
      text: 'Enkele meldingen achter elkaar verwezen naar die mailbox, en niemand volgde ze op. Uw andere contacten gaan nu voor.',
    },
    complained: {
      subject: 'Een contact van u noemt onze mail ongewenst',
      text: 'Onze mail is daar als spam gemarkeerd en wordt misschien niet gezien. Uw andere contacten gaan nu voor. Laat onze mail door, en bevestig het contact opnieuw.',
    },
  },
}
