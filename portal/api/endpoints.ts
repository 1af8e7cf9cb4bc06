import { addEndpoint } from '../providers/add-endpoint.ts'
import { changeEndpoint } from '../providers/change-endpoint.ts'
import { confirmEndpoint, type EndpointConfirmed } from '../providers/confirm-endpoint.ts'
import { findEndpoint, findEndpoints } from '../providers/find-endpoints.ts'
import { addPausing, addRemoval } from './endpoint-pauses.ts'
import { answerEndpoint, endpointOnWire } from './endpoint-wire.ts'
import { etagOf } from './notices.ts'
import { type ProblemCode, problems } from './problems.ts'
import { type Asking, type Face, programRoute } from './route.ts'

export function addEndpoints(face: Face): void {
  addRegistration(face)
  addReading(face)
  addChange(face)
  addConfirming(face)
  addPausing(face)
  addRemoval(face)
}

const writing = { tag: 'Provider', act: 'endpoints.write', scope: 'endpoints:write' } as const
const reading = { tag: 'Provider', act: 'endpoints.read', scope: 'endpoints:write' } as const

type Answering = Pick<Asking<never>, 'answer' | 'refuse'>

function addRegistration(face: Face): void {
  const { ground } = face
  programRoute(
    face,
    {
      ...writing,
      method: 'post',
      path: '/v1/endpoints',
      summary: 'Register an endpoint',
      description: [
        'Nothing is pushed there before it is verified; polling works at once.',
        'With `networks` it serves these. A notice goes to the endpoint bound most narrowly to the network its items stand in, else to one bound to none; where none serves it, your contacts are written to.',
      ].join('\n'),
      body: { 'application/json': 'EndpointInput' },
      creates: {},
      answers: { 201: { description: 'Registered.', schema: 'EndpointAdded' } },
      refusals: ['invalid', 'key_known_elsewhere'],
    },
    async ({ actor, input, answer, refuse }) => {
      const added = await addEndpoint(ground, actor, input)
      switch (added.result) {
        case 'added': {
          const { id, issuer, audience, pollUrl, verified } = added.endpoint
          const Location = `${ground.config.origin}/v1/endpoints/${id}`
          return answer(201, { id, issuer, audience, poll_url: pollUrl, verified }, { Location })
        }
        case 'invalid':
          return refuse('invalid', { errors: added.errors })
        case 'key-known-elsewhere':
          return refuseKey({ answer, refuse }, added.pointer)
        case 'forbidden':
          return refuse('forbidden')
      }
    },
  )
}

function refuseKey({ refuse }: Answering, pointer: string): Response {
  const message = 'This key is registered by another organisation.'
  return refuse('key_known_elsewhere', { errors: [{ pointer, code: 'key_known_elsewhere', message }] })
}

function addReading(face: Face): void {
  const { ground } = face
  programRoute(
    face,
    {
      ...reading,
      method: 'get',
      path: '/v1/endpoints',
      summary: 'Your endpoints',
      answers: { 200: { description: 'All of them.', schema: 'Endpoints' } },
    },
    async ({ actor, answer, refuse }) => {
      const found = await findEndpoints(ground, actor)
      if (found.result === 'forbidden') return refuse('forbidden')
      return answer(200, { data: found.endpoints.map(endpointOnWire), next_cursor: null })
    },
  )

  programRoute(
    face,
    {
      ...reading,
      method: 'get',
      path: '/v1/endpoints/{id}',
      summary: 'One endpoint',
      answers: { 200: { description: 'With an ETag for If-Match.', schema: 'Endpoint' } },
      refusals: ['not_found'],
    },
    async ({ actor, id, answer, refuse }) => answerEndpoint(ground, actor, id, { answer, refuse }),
  )
}

function addChange(face: Face): void {
  const { ground } = face
  programRoute(
    face,
    {
      ...writing,
      method: 'patch',
      path: '/v1/endpoints/{id}',
      summary: 'Change an endpoint',
      description: [
        'What is left out stays. Another address or other keys void `verified`; other `networks` and another `in_flight` do not. Takes If-Match.',
        'An endpoint may say in any answer how many requests a minute it takes: `WebHook-Allowed-Rate: 120`, or `*` (CloudEvents, HTTP 1.1 Web Hooks 1.0.1, section 4.2). That pace is kept, whatever `in_flight` says.',
        'To change `url`, `signing_keys`, `jwks_uri`, `sealing_key` or `networks`, send the header Endpoint-Proof: a token (RFC 8417, as for reports) signed by a key in use, `iss` your urn, `aud` this origin, at most 300 s old, with the event `urn:noticeline:event:endpoint.change`: `{endpoint, change}`, where `change` is the body. Owners do the same on the pages, after confirming who they are.',
      ].join('\n'),
      body: { 'application/json': 'EndpointChange' },
      answers: { 200: { description: 'As it is now.', schema: 'Endpoint' } },
      refusals: [
        'invalid',
        'not_found',
        'key_known_elsewhere',
        'no_second_channel',
        'precondition_failed',
        'proof_needed',
        'proof_wrong',
      ],
    },
    async ({ c, actor, id, input, answer, refuse }) => {
      const match = c.req.header('if-match')
      if (match !== undefined && match !== '*') {
        const found = await findEndpoint(ground, actor, id)
        if (found.result !== 'found') return refuse('not_found')
        if (match !== etagOf(endpointOnWire(found.endpoint))) return refuse('precondition_failed')
      }
      const changed = await changeEndpoint(ground, actor, id, input, c.req.header('endpoint-proof'))
      switch (changed.result) {
        case 'changed': {
          const body = endpointOnWire(changed.endpoint)
          return answer(200, body, { ETag: etagOf(body) })
        }
        case 'invalid':
          return refuse('invalid', { errors: changed.errors })
        case 'key-known-elsewhere':
          return refuseKey({ answer, refuse }, changed.pointer)
        case 'no-second-channel':
          return refuse('no_second_channel')
        case 'unknown-endpoint':
          return refuse('not_found')
        case 'proof-needed':
        case 'owner-needed':
        case 'not-fresh':
          return refuse('proof_needed')
        case 'proof-wrong':
          return refuse('proof_wrong')
        case 'forbidden':
          return refuse('forbidden')
      }
    },
  )
}

function addConfirming(face: Face): void {
  const { ground } = face
  programRoute(
    face,
    {
      ...writing,
      method: 'post',
      path: '/v1/endpoints/{id}/verify',
      summary: 'Send the verification event now',
      description: 'A 202 activates the endpoint. Anything else is said in words, with a code.',
      answers: { 200: { description: 'Verified.', schema: 'EndpointConfirmed' } },
      refusals: ['not_found', ...receiverProblems],
    },
    async ({ actor, id, answer, refuse }) =>
      answerConfirmed({ answer, refuse }, await confirmEndpoint(ground, actor, id)),
  )
}

export function answerConfirmed({ answer, refuse }: Answering, confirmed: EndpointConfirmed): Response {
  switch (confirmed.result) {
    case 'confirmed':
      return answer(200, { verified: true, media_type: confirmed.mediaType })
    case 'refused':
      return refuse(problemOfReceiver(confirmed.code), { detail: confirmed.detail })
    case 'unknown-endpoint':
      return refuse('not_found')
    case 'forbidden':
      return refuse('forbidden')
  }
}

/** A code that is younger than this list is told in words alone. */
function problemOfReceiver(code: string): ProblemCode {
  const name = `endpoint_${code}`
  return Object.hasOwn(problems, name) ? (name as ProblemCode) : 'verification_refused'
}

/** What a verification may end in, for the contract. */
export const receiverProblems = (Object.keys(problems) as ProblemCode[]).filter(
  (code) => code.startsWith('endpoint_') || code === 'verification_refused',
)
