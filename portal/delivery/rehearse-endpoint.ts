import { newId } from '../facts/id.ts'
import { record } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import { type Actor, may } from '../people/may.ts'
import { confirmEndpoint } from '../providers/confirm-endpoint.ts'
import { findEndpoint } from '../providers/find-endpoints.ts'
import type { VerificationRefusal } from '../providers/verification-answer.ts'
import { selectPushChannel, selectSealingKey } from './attempt-store.server.ts'
import { blank, type Step } from './rehearsal.ts'
import { readClock, readRefused, readStored, type Sent, sendRehearsed } from './rehearsal-answers.ts'
import {
  countRehearsals,
  insertRehearsal,
  insertStep,
  lockForRehearsal,
  selectRehearsalToken,
  updateRehearsal,
} from './rehearsal-store.server.ts'
import { signRehearsal } from './rehearsal-tokens.ts'

/** Each sends half a dozen messages: enough for an afternoon of mending, and no flood. */
const mostAnHour = 60

export type Rehearsing =
  | { result: 'started'; rehearsalId: string }
  | { result: 'running'; rehearsalId: string }
  | { result: 'unknown-endpoint' | 'forbidden' | 'paused' | 'too-many' }

/**
 * Sends an endpoint all that a receiver meets: the verification event, a forged token, one for somebody else, a notice of
 * the regime `test`, and the same once more. What it answers stands on the card at once; its receipt and its report come
 * to `/v1/reports` like any other, and the withdrawal follows them. A poll stream gets the same by its own polls. Nothing of it is a notice: it can be in no inbox and
 * no figure.
 */
export async function rehearseEndpoint(ground: Ground, actor: Actor, endpointId: string): Promise<Rehearsing> {
  if (!may(actor, 'endpoints.write')) return { result: 'forbidden' }
  const found = await findEndpoint(ground, actor, endpointId)
  if (found.result !== 'found') return { result: found.result }
  const { endpoint } = found
  if (endpoint.state === 'retired' || !may(actor, 'endpoints.write', { orgId: endpoint.orgId }))
    return { result: 'unknown-endpoint' }
  if (endpoint.state === 'paused') return { result: 'paused' }
  const started = await start(ground, endpoint.orgId, endpointId)
  if (started.result !== 'started') return started
  const { rehearsalId } = started
  const note = (step: Step) => keep(ground, rehearsalId, step)
  if (endpoint.url === null) {
    const sealed = await selectSealingKey(ground.db.read, endpoint.orgId, ground.clock.now())
    if (!sealed) await note({ ...blank('plain', 'advice'), code: 'not_sealed' })
    // The rest is brought, and answered, by its own polls.
    return started
  }

  const confirmed = await confirmEndpoint(ground, actor, endpointId)
  const channel = await selectPushChannel(ground.db.read, endpointId, ground.clock.now())
  if (confirmed.result !== 'confirmed' || !channel) {
    await note(unconfirmed(confirmed.result === 'refused' ? confirmed : null))
    return started
  }
  const negotiated = confirmed.mediaType === 'application/json'
  await note({ ...blank('verification', negotiated ? 'advice' : 'passed'), code: negotiated ? 'negotiated' : null })

  const send = async (kind: Sent['kind']): Promise<Sent> => {
    const token = await selectRehearsalToken(ground.db.read, rehearsalId, kind)
    if (!token) throw new Error('A rehearsal without its tokens')
    return { kind, ...(await sendRehearsed(ground, channel, token, kind !== 'plain')) }
  }
  if (channel.sealingKey) await note(readRefused('plain', await send('plain')))
  else await note({ ...blank('plain', 'advice'), code: 'not_sealed' })
  await note(readRefused('forged', await send('forged')))
  await note(readRefused('stranger', await send('stranger')))

  const notice = await send('notice')
  const stored = readStored('notice', notice)
  await note(readClock(notice))
  if (stored.result !== 'failed') {
    await ground.db.transaction((tx) => updateRehearsal(tx.db, rehearsalId, { receivedAt: notice.answeredAt }))
  }
  await note(stored)
  if (stored.result !== 'failed') await note(readStored('again', await send('notice')))
  return started
}

async function start(ground: Ground, orgId: string, endpointId: string): Promise<Rehearsing> {
  const rehearsalId = newId('rhl')
  const rehearsed = { id: rehearsalId, orgId, noticeId: newId('ntc'), itemId: newId('itm') }
  const tokens = await signRehearsal(ground, rehearsed)
  return ground.db.transaction(async (tx): Promise<Rehearsing> => {
    const { running } = await lockForRehearsal(tx.db, endpointId)
    if (running) return { result: 'running', rehearsalId: running }
    const since = new Date(tx.now.getTime() - 3_600_000)
    if ((await countRehearsals(tx.db, orgId, since)) >= mostAnHour) return { result: 'too-many' }
    await insertRehearsal(tx.db, { ...rehearsed, endpointId, startedAt: tx.now }, tokens)
    await record(tx, orgId, 'rehearsal.started', { orgId, endpointId, rehearsalId })
    return { result: 'started', rehearsalId }
  })
}

function unconfirmed(refusal: VerificationRefusal | null): Step {
  if (!refusal) return { ...blank('verification', 'failed'), code: 'changed' }
  return { ...blank('verification', 'failed'), code: refusal.word, amount: refusal.n }
}

async function keep(ground: Ground, rehearsalId: string, step: Step): Promise<void> {
  await ground.db.transaction((tx) => insertStep(tx.db, rehearsalId, { ...step, at: step.at ?? tx.now }))
}
