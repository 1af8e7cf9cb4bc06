import type { Tx } from '../ground/ground.ts'

export interface CallKey {
  orgId: string
  /** Method and route pattern. */
  route: string
  keyHash: Buffer
}

/** Who works under a key, and until when it counts as alive unless it says so again. */
export interface Hold {
  holder: string
  heldUntil: Date
}

export interface StoredCall {
  bodyMac: Buffer
  holder: string | null
  heldUntil: Date | null
  startedAt: Date
  expiresAt: Date
  status: number | null
  answer: string | null
}

/** True when the row is new: of two calls at once, one writes it and the other waits here and then finds it. */
export async function insertCall(
  tx: Tx,
  key: CallKey,
  { bodyMac, expiresAt, ...hold }: Hold & { bodyMac: Buffer; expiresAt: Date },
): Promise<boolean> {
  const inserted = await tx.db
    .insertInto('idempotency')
    .values({ ...key, ...hold, bodyMac, startedAt: tx.now, expiresAt, status: null, answer: null })
    .onConflict((conflict) => conflict.columns(['orgId', 'route', 'keyHash']).doNothing())
    .returning('orgId')
    .executeTakeFirst()
  return inserted !== undefined
}

export async function lockCall(tx: Tx, key: CallKey): Promise<StoredCall | undefined> {
  return tx.db
    .selectFrom('idempotency')
    .select(['bodyMac', 'holder', 'heldUntil', 'startedAt', 'expiresAt', 'status', 'answer'])
    .where('orgId', '=', key.orgId)
    .where('route', '=', key.route)
    .where('keyHash', '=', key.keyHash)
    .forNoKeyUpdate()
    .executeTakeFirst()
}

export async function restartCall(
  tx: Tx,
  key: CallKey,
  { bodyMac, expiresAt, ...hold }: Hold & { bodyMac: Buffer; expiresAt: Date },
): Promise<void> {
  await tx.db
    .updateTable('idempotency')
    .set({ ...hold, bodyMac, startedAt: tx.now, expiresAt, status: null, answer: null })
    .where('orgId', '=', key.orgId)
    .where('route', '=', key.route)
    .where('keyHash', '=', key.keyHash)
    .execute()
}

/** Only whoever started it may finish it: a call that was taken over meanwhile writes nothing. */
export async function finishCall(tx: Tx, key: CallKey, holder: string, status: number, answer: string): Promise<void> {
  await tx.db
    .updateTable('idempotency')
    .set({ status, answer })
    .where('orgId', '=', key.orgId)
    .where('route', '=', key.route)
    .where('keyHash', '=', key.keyHash)
    .where('holder', '=', holder)
    .where('status', 'is', null)
    .execute()
}

/** Beside a null status, `answer` holds what was made. False where somebody else has started over under this key. */
export async function noteMade(tx: Tx, key: CallKey, holder: string, made: string): Promise<boolean> {
  const noted = await tx.db
    .updateTable('idempotency')
    .set({ answer: made })
    .where('orgId', '=', key.orgId)
    .where('route', '=', key.route)
    .where('keyHash', '=', key.keyHash)
    .where('holder', '=', holder)
    .where('status', 'is', null)
    .executeTakeFirst()
  return noted.numUpdatedRows > 0n
}

/** Whoever works under a key says that it is still there. */
export async function holdCall(tx: Tx, key: CallKey, { holder, heldUntil }: Hold): Promise<void> {
  await tx.db
    .updateTable('idempotency')
    .set({ heldUntil })
    .where('orgId', '=', key.orgId)
    .where('route', '=', key.route)
    .where('keyHash', '=', key.keyHash)
    .where('holder', '=', holder)
    .where('status', 'is', null)
    .execute()
}

export async function dropCall(tx: Tx, key: CallKey, holder: string): Promise<void> {
  await tx.db
    .deleteFrom('idempotency')
    .where('orgId', '=', key.orgId)
    .where('route', '=', key.route)
    .where('keyHash', '=', key.keyHash)
    .where('holder', '=', holder)
    .where('status', 'is', null)
    .execute()
}

/** A few rows past their time go with every new one, so that nothing has to sweep. */
export async function dropSomeExpired(tx: Tx): Promise<void> {
  await tx.db
    .deleteFrom('idempotency')
    .where(({ eb, refTuple, selectFrom }) =>
      eb(
        refTuple('orgId', 'route', 'keyHash'),
        'in',
        selectFrom('idempotency')
          .select(['orgId', 'route', 'keyHash'])
          .where('expiresAt', '<', tx.now)
          .orderBy('expiresAt')
          .limit(8)
          .forNoKeyUpdate()
          .skipLocked()
          .$asTuple('orgId', 'route', 'keyHash'),
      ),
    )
    .execute()
}
