/** The second factor that a device or a browser keeps: a passkey (WebAuthn). */
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import { newId } from '../facts/id.ts'
import type { Ground } from '../ground/ground.ts'
import { insertPasskey, putChallenge, selectPasskeys, setPasskeyUsed, takeChallenge } from './factor-store.server.ts'
import { assure, type Guess, guess, maySetUp, welcomeFactor } from './factors.ts'
import type { PersonActor } from './may.ts'
import { selectPerson } from './people-store.server.ts'

/** How long a browser may take to ask its person. */
const answerWithin = 5 * 60_000
const passkeysPerPerson = 10

/** A passkey belongs to a name. A portal that is reached by number, as the demo is, has none to give it. */
export function canHavePasskeys(ground: Pick<Ground, 'config'>): boolean {
  const { hostname } = new URL(ground.config.origin)
  return !/^[\d.]+$|^\[/.test(hostname)
}

/** What the browser is asked, so that it makes a passkey. */
export async function startPasskey(
  ground: Ground,
  actor: PersonActor,
): Promise<
  | { result: 'started'; options: PublicKeyCredentialCreationOptionsJSON }
  | { result: 'forbidden' | 'too-many' | 'no-name' }
> {
  if (!canHavePasskeys(ground)) return { result: 'no-name' }
  const person = await selectPerson(ground.db.read, actor.personId)
  const known = await selectPasskeys(ground.db.read, actor.personId)
  if (!person) return { result: 'forbidden' }
  if (known.length >= passkeysPerPerson) return { result: 'too-many' }
  const options = await generateRegistrationOptions({
    rpName: 'Noticeline',
    rpID: new URL(ground.config.origin).hostname,
    userName: person.email,
    userID: new Uint8Array(Buffer.from(actor.personId)),
    userDisplayName: person.name,
    timeout: answerWithin,
    excludeCredentials: known.map(idOf),
    authenticatorSelection: { residentKey: 'discouraged', userVerification: 'preferred' },
    // ES256 and RS256 are what nearly every authenticator has.
    supportedAlgorithmIDs: [-7, -257],
  })
  return ground.db.transaction(async (tx) => {
    if (!(await maySetUp(tx, actor))) return { result: 'forbidden' }
    await putChallenge(tx.db, challengeOf(actor, 'register', options.challenge, tx.now))
    return { result: 'started', options }
  })
}

/** Keeps the passkey that the browser made. Recovery codes come with the first factor, once. */
export async function addPasskey(
  ground: Ground,
  actor: PersonActor,
  input: { response: unknown; name: string },
): Promise<
  | { result: 'added'; passkeyId: string; recoveryCodes: string[] }
  | { result: 'forbidden' | 'refused' | 'too-many' | 'known' }
> {
  const challenge = await ground.db.transaction((tx) => takeChallenge(tx.db, actor.sessionId, 'register', tx.now))
  if (challenge === null) return { result: 'refused' }
  const made = await verifyRegistrationResponse({
    response: input.response as RegistrationResponseJSON,
    expectedChallenge: challenge,
    expectedOrigin: ground.config.origin,
    expectedRPID: new URL(ground.config.origin).hostname,
    // Second to a mailed link: that somebody is there is enough.
    requireUserVerification: false,
  }).catch(() => null)
  if (!made?.verified) return { result: 'refused' }
  const { credential } = made.registrationInfo
  return ground.db.transaction(async (tx) => {
    if (!(await maySetUp(tx, actor))) return { result: 'forbidden' }
    if ((await selectPasskeys(tx.db, actor.personId)).length >= passkeysPerPerson) return { result: 'too-many' }
    const passkeyId = newId('psk')
    const kept = await insertPasskey(tx.db, {
      id: passkeyId,
      personId: actor.personId,
      credentialId: Buffer.from(credential.id, 'base64url'),
      publicKey: Buffer.from(credential.publicKey),
      counter: credential.counter,
      transports: credential.transports ?? [],
      name: input.name.trim().slice(0, 60) || 'Passkey',
      createdAt: tx.now,
    })
    if (!kept) return { result: 'known' }
    const recoveryCodes = await welcomeFactor(tx, actor, { factor: 'passkey', passkeyId })
    return { result: 'added', passkeyId, recoveryCodes }
  })
}

/** What the browser is asked, so that it shows a passkey of this person. */
export async function askPasskey(
  ground: Ground,
  actor: PersonActor,
): Promise<{ result: 'asked'; options: PublicKeyCredentialRequestOptionsJSON } | { result: 'not-set-up' }> {
  const known = await selectPasskeys(ground.db.read, actor.personId)
  if (known.length === 0 || !canHavePasskeys(ground)) return { result: 'not-set-up' }
  const options = await generateAuthenticationOptions({
    rpID: new URL(ground.config.origin).hostname,
    allowCredentials: known.map(idOf),
    timeout: answerWithin,
    userVerification: 'preferred',
  })
  return ground.db.transaction(async (tx) => {
    await putChallenge(tx.db, challengeOf(actor, 'enter', options.challenge, tx.now))
    return { result: 'asked', options }
  })
}

/** The passkey's answer at sign-in, or to show again who one is. */
export async function enterPasskey(ground: Ground, actor: PersonActor, response: unknown): Promise<Guess<'entered'>> {
  const taken = await ground.db.transaction((tx) => takeChallenge(tx.db, actor.sessionId, 'enter', tx.now))
  const given = response as AuthenticationResponseJSON
  const known = (await selectPasskeys(ground.db.read, actor.personId)).find((one) => idOf(one).id === given?.id)
  const shown =
    known && taken !== null
      ? await verifyAuthenticationResponse({
          response: given,
          expectedChallenge: taken,
          expectedOrigin: ground.config.origin,
          expectedRPID: new URL(ground.config.origin).hostname,
          credential: { ...idOf(known), publicKey: new Uint8Array(known.publicKey), counter: Number(known.counter) },
          requireUserVerification: false,
        }).catch(() => null)
      : null
  return ground.db.transaction(async (tx) => {
    const entered = await guess(tx, actor.personId, async () => {
      if (!known || !shown?.verified) return 'wrong'
      await setPasskeyUsed(tx.db, known.id, shown.authenticationInfo.newCounter, tx.now)
      return 'entered'
    })
    if (entered.result === 'entered') await assure(tx, actor, 'passkey')
    return entered
  })
}

function idOf(passkey: { credentialId: Buffer; transports: string[] }) {
  return { id: passkey.credentialId.toString('base64url'), transports: passkey.transports }
}

function challengeOf(actor: PersonActor, purpose: 'register' | 'enter', challenge: string, now: Date) {
  return { sessionId: actor.sessionId, purpose, challenge, expiresAt: new Date(now.getTime() + answerWithin) }
}
