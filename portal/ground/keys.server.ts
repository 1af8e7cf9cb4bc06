import { generateKey } from '@noticeline/sdk/protocol'
import type { Clock, Database, PortalKeys, Tx, Vault } from './ground.ts'
import { planKeys, shownAfterMs, standingOf, stoppedAt } from './keys-plan.ts'
import {
  addSigningKey,
  dateSigningKey,
  destroyPrivatePart,
  listSigningKeys,
  lockSigningKeys,
  retireSigningKey,
  revokeSigningKey,
  type SigningKeyRow,
} from './keys-store.server.ts'

export type KeyChange = 'key.published' | 'key.activated' | 'key.revoked'

export interface KeysOptions {
  db: Database
  vault: Vault
  clock: Clock
  /** Called in the transaction that changed a key, to record it. */
  changed?: (tx: Tx, change: KeyChange, kid: string) => Promise<void>
}

// A key another process revoked goes on signing here for so long at most.
const rememberedMs = 10_000

/**
 * The portal's signing keys, the same for every process on one database. Call `keepFresh` once at the start: it makes the
 * first key, which `current` would otherwise have to do, and cannot inside a caller's transaction.
 */
export function createKeys({ db, vault, clock, changed = async () => {} }: KeysOptions): PortalKeys {
  let remembered: { rows: SigningKeyRow[]; at: number } | null = null
  const opened = new Map<string, JsonWebKey>()

  async function rowsNow(): Promise<SigningKeyRow[]> {
    const now = +clock.now()
    if (!remembered || now - remembered.at >= rememberedMs || now < remembered.at)
      remembered = { rows: await listSigningKeys(db.read), at: now }
    return remembered.rows
  }

  function forget(): void {
    remembered = null
    opened.clear()
  }

  async function carryOut(rotating: boolean): Promise<void> {
    const seen = planKeys(await listSigningKeys(db.read), clock.now(), rotating)
    if (!seen.publish && [...seen.retire, ...seen.destroy, ...seen.date].length === 0) return
    await db.transaction(async (tx) => {
      await lockSigningKeys(tx.db)
      // Looked at again under the lock: another process may have done it a moment ago.
      const plan = planKeys(await listSigningKeys(tx.db), tx.now, rotating)
      for (const { kid, activeFrom } of plan.date) await dateSigningKey(tx.db, kid, activeFrom)
      for (const { kid, at } of plan.retire) await retireSigningKey(tx.db, kid, at)
      for (const kid of plan.destroy) await destroyPrivatePart(tx.db, kid)
      if (plan.publish) await publish(tx, plan.publish)
      const { current } = standingOf(await listSigningKeys(tx.db), tx.now)
      if (current && plan.retire.length > 0) await changed(tx, 'key.activated', current.kid)
    })
    forget()
  }

  async function publish(tx: Tx, activeFrom: Date): Promise<void> {
    const { kid, publicJwk, privateJwk } = await generateKey('sig')
    const dataKey = Buffer.from(vault.newKey())
    const sealedPrivate = Buffer.from(vault.seal(dataKey, contextOf(kid), JSON.stringify(privateJwk)))
    await addSigningKey(tx.db, { kid, publicJwk, dataKey, sealedPrivate, publishedAt: tx.now, activeFrom })
    await changed(tx, 'key.published', kid)
    if (activeFrom <= tx.now) await changed(tx, 'key.activated', kid)
  }

  /** `kid`: this one; null: whichever signs now. False where there is nothing to revoke. */
  async function replaceCompromised(kid: string | null): Promise<boolean> {
    const revoked = await db.transaction(async (tx) => {
      await lockSigningKeys(tx.db)
      const { current, next, earlier } = standingOf(await listSigningKeys(tx.db), tx.now)
      const alone = earlier.find((key) => key.kid === kid)
      if (kid !== null && !alone && kid !== current?.kid && kid !== next?.kid) return false
      // The next one lay beside the one that signs, so it goes as well; it has signed nothing.
      for (const key of alone ? [alone] : [current, next]) {
        if (!key) continue
        await revokeSigningKey(tx.db, key.kid, tx.now)
        await changed(tx, 'key.revoked', key.kid)
      }
      if (!alone) await publish(tx, tx.now)
      return true
    })
    forget()
    return revoked
  }

  return {
    async current() {
      let { current } = standingOf(await rowsNow(), clock.now())
      if (!current) {
        await carryOut(false)
        forget()
        current = standingOf(await rowsNow(), clock.now()).current
      }
      if (!current) throw new Error('There is no signing key, and none could be made.')
      const { kid } = current
      let privateJwk = opened.get(kid)
      if (!privateJwk) {
        privateJwk = JSON.parse(
          vault.open(current.dataKey, contextOf(kid), current.sealedPrivate).toString(),
        ) as JsonWebKey
        opened.set(kid, privateJwk)
      }
      return { kid, privateJwk }
    },
    async jwks() {
      const rows = await rowsNow()
      const now = clock.now()
      const { current, next, earlier } = standingOf(rows, now)
      const shown = earlier.filter((key) => +now - +(stoppedAt(key, rows, now) ?? now) < shownAfterMs)
      return { keys: [current, next, ...shown.reverse()].filter((key) => key !== null).map(publicPart) }
    },
    async archive() {
      const rows = await rowsNow()
      const now = clock.now()
      return {
        keys: rows.map((key) => ({
          ...publicPart(key),
          not_before: key.activeFrom.toISOString(),
          not_after: stoppedAt(key, rows, now)?.toISOString() ?? null,
          revoked_at: key.revokedAt?.toISOString() ?? null,
        })),
      }
    },
    rotate: async (options) => {
      if (options?.compromised) await replaceCompromised(null)
      else await carryOut(true)
    },
    revoke: replaceCompromised,
    keepFresh: () => carryOut(false),
  }
}

function contextOf(kid: string): string {
  return `signing-key:${kid}`
}

/** Written out member by member: what is published can never be more than this. */
function publicPart({ kid, publicJwk }: SigningKeyRow): JsonWebKey & { kid: string } {
  const { x, y } = publicJwk as { x: string; y: string }
  return { kty: 'EC', crv: 'P-256', x, y, kid, use: 'sig', alg: 'ES256' }
}
