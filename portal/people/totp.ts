/** The second factor that an app makes: six digits, new every thirty seconds (RFC 6238). */
import { generateSecret, generateURI, verifySync } from 'otplib'
import type { Ground, Tx } from '../ground/ground.ts'
import { insertTotp, lockTotp, selectTotp, setRecoveryCodeUsed, setTotpUsed } from './factor-store.server.ts'
import { assure, digestOfCode, type Guess, guess, maySetUp, welcomeFactor } from './factors.ts'
import type { PersonActor } from './may.ts'
import { selectPerson } from './people-store.server.ts'

/** One step to either side: a clock half a minute out still opens the door. */
const window = 30

/** Makes a secret that waits for its first code. One that waits already is replaced; one in use is not. */
export function startTotp(
  ground: Ground,
  actor: PersonActor,
): Promise<{ result: 'started' | 'forbidden' | 'already-on' }> {
  return ground.db.transaction(async (tx) => {
    if (!(await maySetUp(tx, actor))) return { result: 'forbidden' }
    const { personId } = actor
    if ((await lockTotp(tx.db, personId))?.confirmedAt) return { result: 'already-on' }
    const wrappedKey = Buffer.from(ground.vault.newKey())
    const sealedSecret = Buffer.from(ground.vault.seal(wrappedKey, contextOf(personId), generateSecret()))
    await insertTotp(tx.db, { personId, wrappedKey, sealedSecret, createdAt: tx.now })
    return { result: 'started' }
  })
}

/** What to scan or type into the app, for as long as it waits for its first code; afterwards nobody sees it again. */
export async function showTotp(ground: Ground, actor: PersonActor): Promise<{ secret: string; uri: string } | null> {
  const totp = await selectTotp(ground.db.read, actor.personId)
  const person = await selectPerson(ground.db.read, actor.personId)
  if (!totp || totp.confirmedAt || !person) return null
  const secret = secretOf(ground, totp)
  return { secret, uri: generateURI({ issuer: 'Noticeline', label: person.email, secret }) }
}

/** The first code: from here on the app is asked at every sign-in. Recovery codes come with the first factor, once. */
export function confirmTotp(
  ground: Ground,
  actor: PersonActor,
  code: string,
): Promise<Guess<'forbidden' | 'not-started'> | { result: 'confirmed'; recoveryCodes: string[] }> {
  return ground.db.transaction(async (tx) => {
    if (!(await maySetUp(tx, actor))) return { result: 'forbidden' }
    const totp = await lockTotp(tx.db, actor.personId)
    if (!totp || totp.confirmedAt) return { result: 'not-started' }
    const guessed = await guess(tx, actor.personId, () => takeCode(ground, tx, totp, code))
    if (guessed.result !== 'taken') return guessed
    return { result: 'confirmed', recoveryCodes: await welcomeFactor(tx, actor, { factor: 'totp' }) }
  })
}

/** A code at sign-in, or to show again who one is. None is taken twice. */
export function enterTotp(ground: Ground, actor: PersonActor, code: string): Promise<Guess<'entered' | 'not-set-up'>> {
  return ground.db.transaction(async (tx) => {
    const totp = await lockTotp(tx.db, actor.personId)
    if (!totp?.confirmedAt) return { result: 'not-set-up' }
    const guessed = await guess(tx, actor.personId, () => takeCode(ground, tx, totp, code))
    if (guessed.result !== 'taken') return guessed
    await assure(tx, actor, 'totp')
    return { result: 'entered' }
  })
}

/** One of the ten codes that were written down. Each works once. */
export function enterRecoveryCode(ground: Ground, actor: PersonActor, code: string): Promise<Guess<'entered'>> {
  return ground.db.transaction(async (tx) => {
    const entered = await guess(tx, actor.personId, async () =>
      (await setRecoveryCodeUsed(tx.db, actor.personId, digestOfCode(code), tx.now)) ? 'entered' : 'wrong',
    )
    if (entered.result === 'entered') await assure(tx, actor, 'recovery')
    return entered
  })
}

type Totp = NonNullable<Awaited<ReturnType<typeof lockTotp>>>

async function takeCode(ground: Ground, tx: Tx, totp: Totp, typed: string): Promise<'taken' | 'wrong'> {
  const token = typed.replaceAll(/\s/g, '')
  if (!/^\d{6}$/.test(token)) return 'wrong'
  const checked = verifySync({
    secret: secretOf(ground, totp),
    token,
    epoch: Math.floor(tx.now.getTime() / 1000),
    epochTolerance: window,
    ...(totp.lastStep === null ? {} : { afterTimeStep: Number(totp.lastStep) }),
  })
  if (!checked.valid || !('timeStep' in checked)) return 'wrong'
  await setTotpUsed(tx.db, totp.personId, checked.timeStep, totp.confirmedAt ?? tx.now)
  return 'taken'
}

function secretOf(ground: Ground, totp: { personId: string; wrappedKey: Buffer; sealedSecret: Buffer }): string {
  return ground.vault.open(totp.wrappedKey, contextOf(totp.personId), totp.sealedSecret).toString('utf8')
}

function contextOf(personId: string): string {
  return `totp:${personId}`
}
