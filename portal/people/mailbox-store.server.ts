import type { Kysely } from 'kysely'
import type { DB } from '../ground/ground.ts'

export function selectMails(db: Kysely<DB>, limit: number) {
  return db.selectFrom('mailbox').selectAll().orderBy('sentAt', 'desc').orderBy('id', 'desc').limit(limit).execute()
}
