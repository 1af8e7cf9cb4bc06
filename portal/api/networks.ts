import { claimNetwork, type NetworkClaimed } from '../attribution/claim-network.ts'
import { findNetwork, findNetworks, type NetworkView } from '../attribution/find-networks.ts'
import { giveUpNetwork } from '../attribution/give-up-network.ts'
import { checkProof } from '../attribution/prove-claim.ts'
import { inputErrorsOf } from '../facts/input-error.ts'
import { networkClaim } from './network-schemas.ts'
import { type Asking, type Face, programRoute } from './route.ts'

const writing = { tag: 'Provider', act: 'networks.write', scope: 'networks:write' } as const
const reading = { tag: 'Provider', act: 'networks.read', scope: 'networks:write' } as const

/** Networks: claimed, shown and given up by a provider's own program. Consent and delegation are a person's to give. */
export function addNetworks(face: Face): void {
  addReading(face)
  addClaiming(face)
  addChecking(face)
  addGivingUp(face)
}

function addReading(face: Face): void {
  const { ground } = face
  programRoute(
    face,
    {
      ...reading,
      method: 'get',
      path: '/v1/networks',
      summary: 'Your networks and claims',
      description: 'What is over is among them. Only `in_force` and `lapsing` count for notices.',
      answers: { 200: { description: 'All of them, newest first.', schema: 'Networks' } },
    },
    async ({ actor, answer, refuse }) => {
      const found = await findNetworks(ground, actor)
      if (found.result === 'forbidden') return refuse('forbidden')
      return answer(200, { data: found.networks.map(networkOnWire), next_cursor: null })
    },
  )
  programRoute(
    face,
    {
      ...reading,
      method: 'get',
      path: '/v1/networks/{id}',
      summary: 'One network, and what is to be done for it',
      description: '`proof_line` has to stand at `proof_where`; it is bound to your organisation and this claim.',
      answers: { 200: { description: 'With every look at its proof.', schema: 'NetworkClaimed' } },
      refusals: ['not_found'],
    },
    async ({ actor, id, answer, refuse }) => answerNetwork(face, actor, id, { answer, refuse }, 200),
  )
}

type Answering = Pick<Asking<never>, 'answer' | 'refuse'>

async function answerNetwork(
  { ground }: Face,
  actor: Parameters<typeof findNetwork>[1],
  id: string,
  { answer, refuse }: Answering,
  status: 200 | 201,
): Promise<Response> {
  const found = await findNetwork(ground, actor, id)
  if (found.result !== 'found') return refuse(found.result === 'forbidden' ? 'forbidden' : 'not_found')
  const { network } = found
  const body = {
    ...networkOnWire(network),
    proof_line: network.instructions.line,
    proof_where: network.instructions.where,
    mailbox: network.instructions.mailbox,
    checks: network.checks,
  }
  return answer(status, body, status === 201 ? { Location: `${ground.config.origin}/v1/networks/${id}` } : {})
}

function addClaiming(face: Face): void {
  const { ground } = face
  programRoute(
    face,
    {
      ...writing,
      method: 'post',
      path: '/v1/networks',
      summary: 'Claim a network',
      description:
        'A range (`cidr`), an autonomous system (`asn`) or a name (`domain`), and how it is to be shown. Nothing counts ' +
        'before that. A range inside somebody’s network needs that holder’s consent; what the routing table contradicts ' +
        'waits for the platform’s desk.',
      body: { 'application/json': 'NetworkClaim' },
      creates: {},
      answers: { 201: { description: 'Claimed, with what is to be done.', schema: 'NetworkClaimed' } },
      refusals: ['invalid', 'already_claimed', 'too_many_claims', 'registry_unavailable'],
    },
    async ({ actor, input, answer, refuse }) => {
      const read = networkClaim.safeParse(input)
      if (!read.success) return refuse('invalid', { errors: inputErrorsOf(read.error, input) })
      const { proof, ...what } = read.data
      const claimed = await claimNetwork(ground, actor, { orgId: actor.orgId, what: onlyOne(what), by: proof })
      if (claimed.result === 'claimed') return answerNetwork(face, actor, claimed.claimId, { answer, refuse }, 201)
      return refuseClaim(claimed, refuse)
    },
  )
}

function onlyOne(what: { cidr?: string | undefined; asn?: number | undefined; domain?: string | undefined }) {
  if (what.asn !== undefined) return { asn: what.asn }
  return what.domain === undefined ? { cidr: what.cidr ?? '' } : { domain: what.domain }
}

function refuseClaim(claimed: Exclude<NetworkClaimed, { result: 'claimed' }>, refuse: Answering['refuse']): Response {
  switch (claimed.result) {
    case 'invalid':
      return refuse('invalid', { errors: claimed.errors })
    case 'already-claimed':
      return refuse('already_claimed')
    case 'too-many':
      return refuse('too_many_claims')
    case 'lookup-failed':
      return refuse('registry_unavailable', {
        headers: { 'Retry-After': String(Math.ceil((claimed.retryAfterMs ?? 60_000) / 1000)) },
      })
    case 'unknown-provider':
    case 'forbidden':
      return refuse('forbidden')
  }
}

function addChecking(face: Face): void {
  programRoute(
    face,
    {
      ...writing,
      method: 'post',
      path: '/v1/networks/{id}/check',
      summary: 'Look at the proof now',
      description: 'Once in ten seconds. What was seen is the newest of `checks`.',
      answers: { 200: { description: 'As it is now.', schema: 'NetworkClaimed' } },
      refusals: ['not_found', 'not_checkable', 'rate_limited'],
    },
    async ({ actor, id, answer, refuse }) => {
      const checked = await checkProof(face.ground, actor, id)
      switch (checked.result) {
        case 'checked':
          return answerNetwork(face, actor, id, { answer, refuse }, 200)
        case 'too-soon':
          return refuse('rate_limited', { headers: { 'Retry-After': '10' } })
        case 'ended':
        case 'not-checkable':
          return refuse('not_checkable')
        case 'unknown-claim':
          return refuse('not_found')
        case 'forbidden':
          return refuse('forbidden')
      }
    },
  )
}

function addGivingUp(face: Face): void {
  programRoute(
    face,
    {
      ...writing,
      method: 'delete',
      path: '/v1/networks/{id}',
      summary: 'Give a network or a claim up',
      description: 'From then on it counts for nobody by this proof. Repeated, it answers the same.',
      answers: { 200: { description: 'As it is now.', schema: 'NetworkClaimed' } },
      refusals: ['not_found'],
    },
    async ({ actor, id, answer, refuse }) => {
      const { result } = await giveUpNetwork(face.ground, actor, id)
      if (result === 'forbidden') return refuse('forbidden')
      if (result === 'unknown-network') return refuse('not_found')
      return answerNetwork(face, actor, id, { answer, refuse }, 200)
    },
  )
}

function networkOnWire(network: NetworkView) {
  return {
    id: network.id,
    network_id: network.networkId,
    network: network.written,
    kind: network.kind,
    proof: network.proof,
    state: network.state,
    contradictions: network.contradictions,
    holder: network.holderName,
    claimed_at: network.claimedAt,
    proven_at: network.provenAt,
    effective_at: network.effectiveAt,
    expires_at: network.expiresAt,
    checked_at: network.checkedAt,
    next_check_at: network.nextCheckAt,
    grace_ends_at: network.graceEndsAt,
    ended_at: network.endedAt,
    ended_code: network.endedCode,
  }
}
