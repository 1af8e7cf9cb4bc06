import { data, redirect } from '@remix-run/node'
import { rehearseEndpoint } from '../../../delivery/rehearse-endpoint.ts'
import type { Ground } from '../../../ground/ground.ts'
import type { PersonActor } from '../../../people/may.ts'
import { changeEndpoint } from '../../../providers/change-endpoint.ts'
import { confirmEndpoint } from '../../../providers/confirm-endpoint.ts'
import { findEndpointKeys } from '../../../providers/find-endpoint-keys.ts'
import { pauseEndpoint, resumeEndpoint } from '../../../providers/pause-endpoint.ts'
import { removeEndpoint } from '../../../providers/remove-endpoint.ts'
import { revokeProviderKey } from '../../../providers/revoke-provider-key.ts'
import { forbidden, notFound } from '../../access.server.ts'
import {
  draftOf,
  type EndpointDraft,
  endpointComplaints,
  keyComplaint,
  readKeys,
  readNetworks,
} from '../../endpoint-forms.server.ts'
import { type Complaint, given, numberOf, word } from '../../forms.server.ts'
import type { TextKey } from '../../language/catalogue.ts'
import type { Text } from '../../language/text.ts'

export interface EndpointAnswer {
  said: TextKey | null
  complaints: Complaint[]
  draft: EndpointDraft
}

const refuse = (said: TextKey | null, complaints: Complaint[] = [], draft: EndpointDraft = {}) =>
  data<EndpointAnswer>({ said, complaints, draft }, { status: 422 })

/** What can be asked for here. */
export const endpointActs = [
  'verify',
  'rehearse',
  'pause',
  'resume',
  'remove',
  'bind',
  'pace',
  'change',
  'add-key',
  'retire-key',
  'revoke-key',
  'seal',
] as const

type EndpointAct = (typeof endpointActs)[number]

/** These change by what a notice is proven, so whoever asks for one has just shown who they are. */
export const keyActs: readonly EndpointAct[] = ['add-key', 'retire-key', 'revoke-key', 'seal', 'bind']

/** What a button or form of the page asks for. What changes anything comes back as another page, so that it is sent once. */
export async function actOnEndpoint(
  ground: Ground,
  actor: PersonActor,
  id: string,
  intent: EndpointAct,
  form: FormData,
  text: Text,
) {
  const here = (said: string) => redirect(`/provider/endpoints/${id}?said=${said}`, 303)
  switch (intent) {
    case 'verify':
      return verify(ground, actor, id)
    case 'rehearse': {
      const rehearsing = await rehearseEndpoint(ground, actor, id)
      if ('rehearsalId' in rehearsing) return redirect(`/provider/rehearsals/${rehearsing.rehearsalId}`, 303)
      if (rehearsing.result === 'too-many') return refuse('endpoint-rehearse-too-many')
      if (rehearsing.result === 'unknown-endpoint') throw notFound()
      if (rehearsing.result === 'forbidden') throw forbidden()
      return refuse('endpoint-rehearse-not')
    }
    case 'pause': {
      const { result } = await pauseEndpoint(ground, actor, id)
      if (result === 'no-second-channel') return refuse('endpoint-no-second-channel')
      return result === 'unknown-endpoint' || result === 'forbidden' ? missing(result) : here('paused')
    }
    case 'remove': {
      const { result } = await removeEndpoint(ground, actor, id)
      if (result === 'no-second-channel') return refuse('endpoint-no-second-channel')
      return result === 'unknown-endpoint' || result === 'forbidden' ? missing(result) : here('removed')
    }
    case 'bind':
      return change(ground, actor, id, text, { networks: readNetworks(form) }, {})
    case 'pace': {
      const draft = draftOf(form)
      return change(ground, actor, id, text, { in_flight: numberOf(given(form, 'in_flight')) ?? null }, draft)
    }
    case 'resume': {
      const { result } = await resumeEndpoint(ground, actor, id)
      return result === 'unknown-endpoint' || result === 'forbidden' ? missing(result) : here('resumed')
    }
    case 'change': {
      const draft = draftOf(form)
      return change(ground, actor, id, text, { url: draft.url, description: draft.description }, draft)
    }
    case 'add-key': {
      const read = readKeys(form, 'signing_keys', text)
      if (read.complaints.length > 0) return refuse(null, read.complaints, draftOf(form))
      const held = await heldKeys(ground, actor, id)
      return change(
        ground,
        actor,
        id,
        text,
        { signing_keys: [...held.map(({ jwk }) => jwk), ...read.keys] },
        draftOf(form),
      )
    }
    case 'retire-key': {
      const held = await heldKeys(ground, actor, id)
      const kept = held.filter(({ thumbprint }) => thumbprint !== word(form, 'key'))
      if (kept.length === held.length) return refuse('keys-unknown')
      return change(ground, actor, id, text, { signing_keys: kept.map(({ jwk }) => jwk) }, {})
    }
    case 'revoke-key': {
      await heldKeys(ground, actor, id)
      const { result } = await revokeProviderKey(ground, actor, word(form, 'key'))
      if (result === 'unknown-key') return refuse('keys-unknown')
      return result === 'forbidden' ? missing(result) : here('keys')
    }
    case 'seal': {
      const read = readKeys(form, 'sealing_key', text)
      if (read.complaints.length > 0) return refuse(null, read.complaints, draftOf(form))
      return change(ground, actor, id, text, { sealing_key: read.keys[0] ?? null }, draftOf(form))
    }
  }
}

async function verify(ground: Ground, actor: PersonActor, id: string) {
  const confirmed = await confirmEndpoint(ground, actor, id)
  switch (confirmed.result) {
    case 'confirmed':
      return redirect(`/provider/endpoints/${id}?said=verified`, 303)
    case 'refused':
      return redirect(`/provider/endpoints/${id}?said=refused&word=${confirmed.word}&n=${confirmed.n ?? ''}`, 303)
    case 'unknown-endpoint':
    case 'forbidden':
      return missing(confirmed.result)
  }
}

/** Another address or other keys are verified at once, so that nothing waits longer than it has to. */
async function change(ground: Ground, actor: PersonActor, id: string, text: Text, input: object, draft: EndpointDraft) {
  const changed = await changeEndpoint(ground, actor, id, input)
  switch (changed.result) {
    case 'changed': {
      const { verified, url, state } = changed.endpoint
      const asked = 'networks' in input || 'in_flight' in input
      if (!asked && !verified && url !== null && state !== 'paused') return verify(ground, actor, id)
      return redirect(`/provider/endpoints/${id}?said=changed`, 303)
    }
    case 'invalid':
      return refuse(null, endpointComplaints(changed.errors, text), draft)
    case 'key-known-elsewhere':
      return refuse(null, keyComplaint(changed.pointer, text), draft)
    case 'no-second-channel':
      return refuse('endpoint-no-second-channel')
    case 'not-fresh':
      return refuse('fresh-needed', [], draft)
    case 'owner-needed':
    case 'proof-needed':
    case 'proof-wrong':
      return refuse('endpoint-change-owner')
    case 'unknown-endpoint':
    case 'forbidden':
      return missing(changed.result)
  }
}

async function heldKeys(ground: Ground, actor: PersonActor, id: string) {
  const found = await findEndpointKeys(ground, actor, id)
  if (found.result !== 'found') throw notFound()
  return found.keys.filter(({ use, retiredAt, revokedAt }) => use === 'sig' && retiredAt === null && revokedAt === null)
}

function missing(result: 'unknown-endpoint' | 'forbidden'): never {
  throw result === 'forbidden' ? forbidden() : notFound()
}
