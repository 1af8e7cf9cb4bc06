import { pollRequest } from '@noticeline/sdk/protocol'
import { z } from 'zod'
import { pollDeliveries } from '../delivery/offer-for-poll.ts'
import { inputErrorsOf } from '../facts/input-error.ts'
import { confirmEndpoint } from '../providers/confirm-endpoint.ts'
import { findEndpoint } from '../providers/find-endpoints.ts'
import { setStreamStatus, streamStatusInput, streamStatusOf } from '../providers/set-stream-status.ts'
import { answerConfirmed, receiverProblems } from './endpoints.ts'
import { streamVerification } from './provider-schemas.ts'
import { type Face, programRoute } from './route.ts'

/** How often a waiting poll looks. Cheap, and no connection of the database is kept meanwhile. */
const lookEveryMs = 1000

export interface StreamOptions {
  longPollMs: number
  stopping: AbortSignal | undefined
  polling: ((by: 1 | -1) => void) | undefined
}

export function addStreams(face: Face, options: StreamOptions): void {
  addStatus(face)
  addVerification(face)
  // Last: its address takes any name.
  addPoll(face, options)
}

function addPoll(face: Face, options: StreamOptions): void {
  const { ground } = face
  programRoute(
    face,
    {
      method: 'post',
      path: '/v1/streams/{stream}',
      tag: 'Provider',
      summary: 'Poll (RFC 8936)',
      description:
        'The `poll_url` of an endpoint; one stream an organisation. Takes `ack` and `setErrs` first, then waits up to 50 s for something to come, unless `returnImmediately` is true or `maxEvents` is 0: then it answers at once. `setErrs` count as a 400 over push with the same `err` (RFC 8935, 2.4). What push has not settled within 60 s is offered here too.',
      act: 'stream.poll',
      scope: 'stream:poll',
      body: { 'application/json': 'PollRequest' },
      answers: {
        200: { description: 'Tokens or envelopes by their jti, oldest deadline first.', schema: 'PollResponse' },
      },
      refusals: ['invalid', 'not_found'],
    },
    async ({ c, actor, id, input, answer, refuse }) => {
      // One stream an organisation, named by it.
      if (id !== actor.orgId) return refuse('not_found')
      const read = pollRequest.safeParse(input)
      if (!read.success) return refuse('invalid', { errors: inputErrorsOf(read.error) })
      const { ack, setErrs, maxEvents, returnImmediately } = read.data
      // Whoever only acknowledges is waiting for that, not for more.
      const atOnce = returnImmediately === true || maxEvents === 0
      const until = performance.now() + (atOnce ? 0 : options.longPollMs)
      let polled = await pollDeliveries(ground, actor, { acks: ack, setErrs, maxEvents })
      options.polling?.(1)
      try {
        while (polled.result === 'sets' && Object.keys(polled.sets).length === 0) {
          const left = until - performance.now()
          if (left <= 0 || !(await pause(Math.min(left, lookEveryMs), [c.req.raw.signal, options.stopping]))) break
          polled = await pollDeliveries(ground, actor, { maxEvents })
        }
      } finally {
        options.polling?.(-1)
      }
      if (polled.result === 'forbidden') return refuse('forbidden')
      return answer(200, { sets: polled.sets, ...(polled.moreAvailable ? { moreAvailable: true } : {}) })
    },
  )
}

/** False when there is nobody left to wait for. */
function pause(ms: number, signals: readonly (AbortSignal | undefined)[]): Promise<boolean> {
  const ends = signals.filter((signal) => signal !== undefined)
  if (ends.some((signal) => signal.aborted)) return Promise.resolve(false)
  return new Promise((resolve) => {
    const done = (whole: boolean) => {
      clearTimeout(timer)
      for (const signal of ends) signal.removeEventListener('abort', stop)
      resolve(whole)
    }
    const stop = () => done(false)
    const timer = setTimeout(() => done(true), ms)
    for (const signal of ends) signal.addEventListener('abort', stop)
  })
}

function addStatus(face: Face): void {
  const { ground } = face
  programRoute(
    face,
    {
      method: 'get',
      path: '/v1/streams/status',
      tag: 'Provider',
      summary: 'Whether a stream runs (Shared Signals Framework)',
      description: 'A stream is an endpoint: `stream_id` is its id.',
      act: 'endpoints.read',
      scope: 'endpoints:write',
      query: z.strictObject({ stream_id: z.string().max(80) }),
      answers: { 200: { description: 'enabled, paused or disabled.', schema: 'StreamStatus' } },
      refusals: ['not_found'],
    },
    async ({ actor, query, answer, refuse }) => {
      const found = await findEndpoint(ground, actor, query.stream_id)
      if (found.result !== 'found') return refuse('not_found')
      const { id, state, stateReason } = found.endpoint
      return answer(200, {
        stream_id: id,
        status: streamStatusOf(state),
        ...(stateReason === null ? {} : { reason: stateReason }),
      })
    },
  )

  programRoute(
    face,
    {
      method: 'post',
      path: '/v1/streams/status',
      tag: 'Provider',
      summary: 'Switch a stream on, pause it or switch it off (Shared Signals Framework, 8.1.2.2)',
      description:
        'Paused or off needs a second channel that works: clocks go on, and notices go by the ways that are left. Before it stops, the endpoint is sent `stream-updated`. One that was switched off is verified before it is enabled.',
      act: 'endpoints.write',
      scope: 'endpoints:write',
      body: { 'application/json': 'StreamStatusInput' },
      answers: { 200: { description: 'As it is now.', schema: 'StreamStatus' } },
      refusals: ['not_found', 'invalid', 'no_second_channel', ...receiverProblems],
    },
    async ({ actor, input, answer, refuse }) => {
      const set = await setStreamStatus(ground, actor, input)
      switch (set.result) {
        case 'set': {
          const { stream_id } = streamStatusInput.parse(input)
          return answer(200, { stream_id, status: set.status, ...(set.reason === null ? {} : { reason: set.reason }) })
        }
        case 'refused':
          return answerConfirmed({ answer, refuse }, set)
        case 'invalid':
          return refuse('invalid', { errors: set.errors })
        case 'no-second-channel':
          return refuse('no_second_channel')
        case 'unknown-stream':
          return refuse('not_found')
        case 'forbidden':
          return refuse('forbidden')
      }
    },
  )
}

function addVerification(face: Face): void {
  const { ground } = face
  programRoute(
    face,
    {
      method: 'post',
      path: '/v1/streams/verification',
      tag: 'Provider',
      summary: 'Ask for the verification event (Shared Signals Framework, 8.1.4.2)',
      description:
        'It is sent before this answers. As `POST /v1/endpoints/{id}/verify`: a 202 activates the endpoint, anything else is said in words, with a code.',
      act: 'endpoints.write',
      scope: 'endpoints:write',
      body: { 'application/json': 'StreamVerification' },
      answers: { 204: { description: 'Sent, and answered 202.' } },
      refusals: ['not_found', 'invalid', ...receiverProblems],
    },
    async ({ c, actor, input, answer, refuse }) => {
      const read = streamVerification.safeParse(input)
      if (!read.success) return refuse('invalid', { errors: inputErrorsOf(read.error) })
      const { stream_id: id, state } = read.data
      const confirmed = await confirmEndpoint(ground, actor, id, { state })
      return confirmed.result === 'confirmed' ? c.body(null, 204) : answerConfirmed({ answer, refuse }, confirmed)
    },
  )
}
