import type { Tx } from '../ground/ground.ts'
import { moveMail } from './accept-mail.ts'
import { lockMailByKey, lockMailsAbout } from './mail-store.server.ts'

const person = { class: 'person', givenUp: false } as const

/** Somebody acted on a mail on the page that it links to: a person, whatever came back otherwise. `key`: as its sender calls it. */
export async function noteAnswered(tx: Tx, key: string): Promise<void> {
  const mail = await lockMailByKey(tx.db, key)
  if (mail) await moveMail(tx, mail, person, null)
}

/** Somebody did what every mail about this one thing asked for: a link to sign in, an invitation, a claim on a network. */
export async function noteDone(tx: Tx, aboutId: string): Promise<void> {
  for (const mail of await lockMailsAbout(tx.db, aboutId)) await moveMail(tx, mail, person, null)
}
