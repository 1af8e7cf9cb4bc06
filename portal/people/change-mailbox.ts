import { timingSafeEqual } from 'node:crypto'
import { newId } from '../facts/id.ts'
import { record } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import {
  countMailboxChanges,
  endMailboxChanges,
  insertMailboxChange,
  lockMailboxChange,
  selectMailboxChange,
  setMailboxConfirmed,
} from './mailbox-change-store.server.ts'
import type { PersonActor } from './may.ts'
import { setPerson } from './member-store.server.ts'
import { noteAnswered } from './note-answered.ts'
import { lockPerson, selectPersonByEmail } from './people-store.server.ts'
import { isEmail, normaliseEmail } from './person.ts'
import { digestOfSecret } from './secret.ts'
import { endSessions } from './session.ts'

const day = 24 * 60 * 60_000
const changesADay = 3

export type MailboxSide = 'old' | 'new'

/** Each mailbox has a secret of its own, made again from the change's id. */
export function mailboxToken(ground: Pick<Ground, 'vault'>, changeId: string, side: MailboxSide): string {
  return `${changeId}.${side}.${ground.vault.derive(`mailbox-${side}`, changeId)}`
}

/** What the mail to one of the two is called. */
export function mailboxMailKey(changeId: string, side: MailboxSide): string {
  return `mal_${changeId}_${side}`
}

/**
 * Asks to be reached at another mailbox. Both get a link, and it changes when both have been pressed: the old one, since
 * a session may be somebody else's; the new one, since it may be mistyped. Whether the new one is somebody's already is
 * not told, only not done.
 */
export function requestMailboxChange(
  ground: Ground,
  actor: PersonActor,
  input: { email: string },
): Promise<{ result: 'requested' | 'invalid' | 'same' | 'too-many' }> {
  const email = normaliseEmail(input.email)
  if (!isEmail(email)) return Promise.resolve({ result: 'invalid' })
  return ground.db.transaction(async (tx) => {
    const { personId } = actor
    const person = await lockPerson(tx.db, personId)
    if (person?.email === email) return { result: 'same' }
    const since = new Date(tx.now.getTime() - day)
    if ((await countMailboxChanges(tx.db, personId, since)) >= changesADay) return { result: 'too-many' }
    await endMailboxChanges(tx.db, personId, tx.now)
    const changeId = newId('mbc')
    const expiresAt = new Date(tx.now.getTime() + day)
    await insertMailboxChange(tx.db, { id: changeId, personId, email, requestedAt: tx.now, expiresAt })
    await record(tx, personId, 'mailbox-change.requested', { personId, changeId })
    return { result: 'requested' }
  })
}

export type MailboxChangeState =
  | { result: 'valid'; side: MailboxSide; email: string }
  | { result: 'unknown' | 'ended' | 'confirmed' }

/** What a link would do. Opening it changes nothing. */
export async function describeMailboxChange(ground: Ground, token: string): Promise<MailboxChangeState> {
  const read = readToken(ground, token)
  if (!read) return { result: 'unknown' }
  return stateOf(await selectMailboxChange(ground.db.read, read.changeId), read.side, ground.clock.now())
}

/** One of the two says yes. With the second the mailbox changes, and everywhere else the person signs in again. */
export function confirmMailboxChange(
  ground: Ground,
  token: string,
): Promise<{ result: 'changed' | 'half' | 'taken' | 'unknown' | 'ended' | 'confirmed' }> {
  const read = readToken(ground, token)
  if (!read) return Promise.resolve({ result: 'unknown' })
  return ground.db.transaction(async (tx) => {
    const change = await lockMailboxChange(tx.db, read.changeId)
    const state = stateOf(change, read.side, tx.now)
    if (state.result !== 'valid' || !change) return { result: state.result === 'valid' ? 'unknown' : state.result }
    await setMailboxConfirmed(tx.db, change.id, read.side, tx.now)
    await noteAnswered(tx, mailboxMailKey(change.id, read.side))
    if (!(read.side === 'old' ? change.newConfirmedAt : change.oldConfirmedAt)) return { result: 'half' }
    const { personId, email } = change
    await endMailboxChanges(tx.db, personId, tx.now)
    // Told only to whoever has shown that both mailboxes are theirs.
    if (await selectPersonByEmail(tx.db, email)) return { result: 'taken' }
    await lockPerson(tx.db, personId)
    await setPerson(tx.db, personId, { email })
    await endSessions(tx, personId, {}, 'mailbox-changed')
    await record(tx, personId, 'mailbox.changed', { personId, changeId: change.id })
    return { result: 'changed' }
  })
}

function stateOf(
  change: Awaited<ReturnType<typeof selectMailboxChange>>,
  side: MailboxSide,
  now: Date,
): MailboxChangeState {
  if (!change) return { result: 'unknown' }
  if (change.endedAt || change.expiresAt <= now) return { result: 'ended' }
  if (side === 'old' ? change.oldConfirmedAt : change.newConfirmedAt) return { result: 'confirmed' }
  return { result: 'valid', side, email: change.email }
}

function readToken(ground: Ground, token: string): { changeId: string; side: MailboxSide } | null {
  const found = /^(mbc_[0-9a-z]{26})\.(old|new)\.[A-Za-z0-9_-]{43}$/.exec(token)
  const changeId = found?.[1]
  const side = found?.[2] as MailboxSide | undefined
  if (!changeId || !side) return null
  const right = digestOfSecret(mailboxToken(ground, changeId, side))
  return timingSafeEqual(digestOfSecret(token), right) ? { changeId, side } : null
}
