import type { Fact } from '../facts/facts.ts'
import type { Ground } from '../ground/ground.ts'
import { type MailboxSide, mailboxMailKey, mailboxToken } from './change-mailbox.ts'
import { selectMailboxChange } from './mailbox-change-store.server.ts'
import { selectPerson } from './people-store.server.ts'
import type { Locale } from './person.ts'
import { plainName } from './plain-name.ts'

type Write = (name: string, link: string) => { subject: string; text: string }

export const letters: Record<Locale, Record<MailboxSide, Write>> = {
  en: {
    old: (name, link) => ({
      subject: 'Another mailbox for your Noticeline account?',
      text: `Hello ${name},

Somebody who is signed in as you asked to move your Noticeline account from this mailbox to another one. If that was
you, open this link and press the button there. The other mailbox has to say yes as well:

${link}

It works for a day. If it was not you, do not press the button: sign in, and end the sessions that are not yours.

Noticeline
`,
    }),
    new: (name, link) => ({
      subject: 'Confirm this mailbox for Noticeline',
      text: `Hello ${name},

This mailbox was given as the new one of a Noticeline account. If that was you, open this link and press the button
there. The old mailbox has to say yes as well:

${link}

It works for a day. If you do not know what this is about, do nothing: opening it changes nothing.

Noticeline
`,
    }),
  },
  nl: {
    old: (name, link) => ({
      subject: 'Een ander postvak voor uw Noticeline-account?',
      text: `Dag ${name},

Iemand die als u is ingelogd, wil uw Noticeline-account van dit postvak naar een ander verplaatsen. Was u dat? Open dan
deze link en druk daar op de knop. Ook het andere postvak moet ja zeggen:

${link}

De link werkt een dag. Was u het niet, druk dan niet op de knop: log in en beëindig de sessies die niet van u zijn.

Noticeline
`,
    }),
    new: (name, link) => ({
      subject: 'Bevestig dit postvak voor Noticeline',
      text: `Dag ${name},

Dit postvak is opgegeven als het nieuwe van een Noticeline-account. Was u dat? Open dan deze link en druk daar op de
knop. Ook het oude postvak moet ja zeggen:

${link}

De link werkt een dag. Weet u niet waar dit over gaat? Dan hoeft u niets te doen: openen verandert niets.

Noticeline
`,
    }),
  },
}

/** Mails both mailboxes. Run twice, it mails the same two under the same ids. */
export async function mailMailboxChange(ground: Ground, fact: Fact<'mailbox-change.requested'>): Promise<void> {
  const { read } = ground.db
  const change = await selectMailboxChange(read, fact.payload.changeId)
  const person = await selectPerson(read, fact.payload.personId)
  if (!change || !person || change.endedAt || change.expiresAt <= ground.clock.now()) return
  const locale: Locale = person.locale === 'nl' ? 'nl' : 'en'
  for (const side of ['old', 'new'] as const) {
    const link = new URL(`/mailbox-change/${mailboxToken(ground, change.id, side)}`, ground.config.origin)
    const letter = letters[locale][side](plainName(person.name), link.href)
    await ground.mail.send({
      id: mailboxMailKey(change.id, side),
      to: side === 'old' ? person.email : change.email,
      ...letter,
      about: { purpose: 'mailbox_change', recipientId: person.id, of: change.id },
    })
  }
}
