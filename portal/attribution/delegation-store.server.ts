import type { Kysely, Selectable, Transaction } from 'kysely'
import type { DB } from '../ground/ground.ts'
import type { Prefix } from './address.ts'
import type { Sees } from './delegation.ts'

export type DelegationRow = Omit<Selectable<DB['delegations']>, 'sees'> & { sees: Sees }

export async function insertDelegation(db: Transaction<DB>, row: Omit<DelegationRow, 'endedAt'>) {
  await db.insertInto('delegations').values(row).execute()
}

export async function lockDelegation(db: Transaction<DB>, delegationId: string): Promise<DelegationRow | null> {
  const row = await db
    .selectFrom('delegations')
    .selectAll()
    .where('id', '=', delegationId)
    .forNoKeyUpdate()
    .executeTakeFirst()
  return (row as DelegationRow | undefined) ?? null
}

export async function selectDelegation(db: Kysely<DB>, delegationId: string): Promise<DelegationRow | null> {
  const row = await db.selectFrom('delegations').selectAll().where('id', '=', delegationId).executeTakeFirst()
  return (row as DelegationRow | undefined) ?? null
}

export async function setDelegationEnded(db: Transaction<DB>, delegationId: string, at: Date) {
  await db.updateTable('delegations').set({ endedAt: at }).where('id', '=', delegationId).execute()
}

/** Those of a network that had not ended. */
export function endDelegationsOf(db: Transaction<DB>, networkId: string, at: Date) {
  return db
    .updateTable('delegations')
    .set({ endedAt: at })
    .where('networkId', '=', networkId)
    .where('endedAt', 'is', null)
    .where('endsAt', '>', at)
    .returning(['id', 'toOrgId'])
    .execute()
}

/** Handed on by this organisation, or to it: newest first. */
export async function selectDelegations(db: Kysely<DB>, orgId: string): Promise<DelegationRow[]> {
  const rows = await db
    .selectFrom('delegations')
    .selectAll()
    .where((where) => where.or([where('orgId', '=', orgId), where('toOrgId', '=', orgId)]))
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(500)
    .execute()
  return rows as DelegationRow[]
}

/** What a holder has handed on at this time of what holds the address, or of one of these names: the smallest first. */
export async function selectDelegationsAt(
  db: Kysely<DB>,
  orgId: string,
  candidates: readonly Prefix[],
  names: readonly string[],
  now: Date,
): Promise<DelegationRow[]> {
  const rows = await db
    .selectFrom('delegations')
    .innerJoin('organisations', 'organisations.id', 'delegations.toOrgId')
    .selectAll('delegations')
    .where('delegations.orgId', '=', orgId)
    .where('delegations.endedAt', 'is', null)
    .where('delegations.endsAt', '>', now)
    .where('organisations.suspendedAt', 'is', null)
    .where(({ or, eb, refTuple, tuple }) =>
      or([
        eb(
          refTuple('delegations.family', 'delegations.network', 'delegations.prefixLength'),
          'in',
          candidates.map(({ family, network, length }) => tuple(family, network, length)),
        ),
        ...(names.length > 0 ? [eb('delegations.domain', 'in', names)] : []),
      ]),
    )
    .orderBy((of) => of.fn.coalesce('delegations.prefixLength', of.lit(200)), 'desc')
    .orderBy('delegations.id')
    .execute()
  return rows as DelegationRow[]
}

/** The item lies in a part that is handed on, by its newest snapshot. */
export async function keepDelegated(
  db: Transaction<DB>,
  itemId: string,
  delegationId: string,
  at: Date,
  { anew }: { anew: boolean },
) {
  await db
    .insertInto('delegatedItems')
    .columns(['itemId', 'delegationId', 'orgId', 'toOrgId', 'noticeId', 'at'])
    .expression((from) =>
      from
        .selectFrom('items')
        .innerJoin('delegations', (join) => join.on('delegations.id', '=', delegationId))
        .select(['items.id', 'delegations.id as delegationId', 'delegations.orgId', 'delegations.toOrgId'])
        .select((of) => ['items.noticeId', of.val(at).as('at')])
        .where('items.id', '=', itemId),
    )
    .onConflict((conflict) =>
      conflict
        .column('itemId')
        .doUpdateSet((of) => ({
          delegationId: of.ref('excluded.delegationId'),
          orgId: of.ref('excluded.orgId'),
          toOrgId: of.ref('excluded.toOrgId'),
          at: of.ref('excluded.at'),
        }))
        .where((of) =>
          of.or([
            of.val(anew),
            of.exists(
              of
                .selectFrom('delegations as before')
                .select('before.id')
                .whereRef('before.id', '=', 'delegatedItems.delegationId')
                .where((over) => over.or([over('before.endedAt', 'is not', null), over('before.endsAt', '<=', at)])),
            ),
          ]),
        ),
    )
    .execute()
}
