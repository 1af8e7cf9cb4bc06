/** Many deliveries beside one: what would take its verbs minutes is copied in a second. Each has a token that opens. */
import { sql } from 'kysely'
import { newId } from '../../facts/id.ts'
import type { TestGround } from '../with-ground.ts'

export interface Copies {
  number: number
  /** Of each copy, by its place among them. */
  deadlineAt(index: number): Date
}

export async function copyDelivery(ground: TestGround, id: string, { number, deadlineAt }: Copies): Promise<string[]> {
  const db = ground.db.read
  const delivery = await db.selectFrom('deliveries').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  const token = await db.selectFrom('tokens').selectAll().where('jti', '=', delivery.jti).executeTakeFirstOrThrow()
  const { dataKey, sealed } = token
  if (!dataKey || !sealed) throw new Error('The token to copy was erased')
  const raw = ground.vault.open(dataKey, `token:${token.jti}`, sealed)
  const copies = Array.from({ length: number }, (_, index) => {
    const jti = newId('evt')
    return {
      id: newId('dlv'),
      jti,
      seq: index + 2,
      deadlineAt: deadlineAt(index),
      sealed: Buffer.from(ground.vault.seal(dataKey, `token:${jti}`, raw)),
    }
  })
  const of = <K extends keyof (typeof copies)[number]>(column: K) => copies.map((copy) => copy[column])
  await sql`
    insert into tokens (jti, org_id, notice_id, seq, event, kid, set_sha256, data_key, sealed, issued_at, item_ids)
    select c.jti, t.org_id, t.notice_id, c.seq, t.event, t.kid, t.set_sha256, t.data_key, c.sealed, t.issued_at, t.item_ids
    from unnest(${of('jti')}::text[], ${of('seq')}::int[], ${of('sealed')}::bytea[]) as c (jti, seq, sealed), tokens as t
    where t.jti = ${token.jti}`.execute(db)
  await sql`
    insert into deliveries (id, jti, seq, deadline_at, org_id, notice_id, event, endpoint_id, state, offered_at, received_at,
      received_how, next_attempt_at, attempts, last_code, created_at, stands_in)
    select c.id, c.jti, c.seq, c.deadline_at, d.org_id, d.notice_id, d.event, d.endpoint_id, d.state, d.offered_at, d.received_at,
      d.received_how, d.next_attempt_at, d.attempts, d.last_code, d.created_at, d.stands_in
    from unnest(${of('id')}::text[], ${of('jti')}::text[], ${of('seq')}::int[], ${of('deadlineAt')}::timestamptz[])
      as c (id, jti, seq, deadline_at), deliveries as d
    where d.id = ${id}`.execute(db)
  return of('id')
}
