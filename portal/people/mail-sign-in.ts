import type { Fact } from '../facts/facts.ts'
import type { Ground } from '../ground/ground.ts'
import { selectPerson, selectSignIn } from './people-store.server.ts'
import type { Locale } from './person.ts'
import { plainName } from './plain-name.ts'
import { signInToken } from './sign-in.ts'

interface Letter {
  subject: string
  text(name: string, link: string, minutes: number): string
}

export const letters: Record<Locale, Letter> = {
  en: {
    subject: 'Your link to sign in to Noticeline',
    text: (name, link, minutes) => `Hello ${name},

Open this link and press the button there to sign in:

${link}

It works once, and for ${minutes} minutes. If you did not ask for it, do nothing: opening it changes nothing.

Noticeline
`,
  },
  nl: {
    subject: 'Uw link om in te loggen bij Noticeline',
    text: (name, link, minutes) => `Dag ${name},

Open deze link en druk daar op de knop om in te loggen:

${link}

De link werkt één keer, en ${minutes} minuten lang. Hebt u hier niet om gevraagd? Dan hoeft u niets te doen: openen
verandert niets.

Noticeline
`,
  },
}

/** Mails the link that was asked for. Run twice, it mails the same link under the same id. */
export async function mailSignIn(ground: Ground, fact: Fact<'sign-in.requested'>): Promise<void> {
  const signIn = await selectSignIn(ground.db.read, fact.payload.signInId)
  const person = await selectPerson(ground.db.read, fact.payload.personId)
  const now = ground.clock.now()
  if (!signIn || !person || signIn.consumedAt || signIn.expiresAt <= now) return
  const letter = letters[fact.payload.locale ?? (person.locale === 'nl' ? 'nl' : 'en')]
  const link = new URL(`/sign-in/${signInToken(ground, signIn.id)}`, ground.config.origin)
  const minutes = Math.round((signIn.expiresAt.getTime() - signIn.requestedAt.getTime()) / 60_000)
  await ground.mail.send({
    id: `mal_${signIn.id}`,
    to: person.email,
    subject: letter.subject,
    text: letter.text(plainName(person.name), link.href, minutes),
    about: { purpose: 'sign_in', recipientId: person.id, of: signIn.id },
  })
}
