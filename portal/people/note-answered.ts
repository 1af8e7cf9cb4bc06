import type { Tx } from '../ground/ground.ts'
import { moveMail } from './accept-mail.ts'
import { lockMailByKey } from './mail-store.server.ts'

/** Somebody acted on a mail on the page that it links to: a person, whatever came back otherwise. `key`: as its sender calls it. */
export async function noteAnswered(tx: Tx, key: string): Promise<void> {
  const mail = await lockMailByKey(tx.db, key)
  if (mail) await moveMail(tx, mail, { class: 'person', givenUp: false }, null)
}
