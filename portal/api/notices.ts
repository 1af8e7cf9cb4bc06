import { createHash } from 'node:crypto'
import { z } from 'zod'
import { inputErrorsOf } from '../facts/input-error.ts'
import type { Ground } from '../ground/ground.ts'
import { findNotice } from '../inbox/find-notice.ts'
import { findNotices } from '../inbox/find-notices.ts'
import { regimes } from '../notices/notice.ts'
import { type SubmitOptions, type Submitted, submitNotice } from '../notices/submit-notice.ts'
import { withdrawNotice } from '../notices/withdraw-notice.ts'
import type { ProgramActor } from '../people/may.ts'
import { addObservations } from '../removal/add-observations.ts'
import { headlines } from '../removal/headline.ts'
import { listQuery, nextLink, notACursor } from './lists.ts'
import { noticeOnWire, wholeNoticeOnWire } from './notice-wire.ts'
import { revealItems, revealQuery } from './reveal.ts'
import { type Face, type ProgramAsking, programRoute } from './route.ts'
import { withdrawal } from './schemas.ts'

export function addNotices(face: Face): void {
  addSubmission(face)
  addReading(face)
  addWithdrawal(face)
  addObserving(face)
}

function addSubmission(face: Face): void {
  const { ground } = face
  programRoute(
    face,
    {
      method: 'post',
      path: '/v1/notices',
      tag: 'Notifier',
      summary: 'Submit a notice',
      description:
        'One to a hundred items. Proven networks are looked up before the answer; an item nobody is found for waits for a person.',
      act: 'notices.submit',
      scope: 'notices:write',
      body: { 'application/json': 'NoticeSubmission' },
      creates: {},
      answers: {
        201: { description: 'Taken, and every item has its addressee.', schema: 'Notice' },
        202: { description: 'Taken; at least one item still waits for its addressee.', schema: 'Notice' },
      },
      refusals: ['invalid', 'regime_not_served', 'category_not_served', 'too_large'],
    },
    async (asking) => {
      const submitted = await submitOnce(asking, (written) =>
        submitNotice(ground, asking.actor, asking.input, { origin: 'api', written }),
      )
      switch (submitted.result) {
        case 'submitted':
          return answerSubmitted(ground, asking, submitted)
        case 'invalid':
          return asking.refuse(submitted.code, { errors: submitted.errors })
        case 'forbidden':
          return asking.refuse('forbidden')
      }
    },
  )
}

type Written = NonNullable<SubmitOptions['written']>

/** A notice stands under its key from its own transaction on: whoever repeats an unanswered call gets that very notice. */
export async function submitOnce(
  { making }: Pick<ProgramAsking<z.ZodObject>, 'making'>,
  submit: (written: Written) => Promise<Submitted>,
): Promise<Submitted> {
  if (making.made !== null) return { result: 'submitted', ...madeNotice.parse(JSON.parse(making.made)) }
  return submit((tx, { noticeId, pending }) => making.note(tx, JSON.stringify({ noticeId, pending })))
}

const madeNotice = z.object({ noticeId: z.string(), pending: z.number() })

/** 201, or 202 while somebody is still looked for; `Location` is where the notice stands from now on. */
export async function answerSubmitted(
  ground: Ground,
  { actor, answer }: Pick<ProgramAsking<z.ZodObject>, 'actor' | 'answer'>,
  submitted: { noticeId: string; pending: number },
): Promise<Response> {
  // A token that may only write still sees what it has just written.
  const author: ProgramActor = { ...actor, scopes: [...actor.scopes, 'notices:read'] }
  const found = await findNotice(ground, author, submitted.noticeId)
  if (found.result !== 'found') throw new Error('A notice that was just submitted is not found.')
  return answer(submitted.pending === 0 ? 201 : 202, wholeNoticeOnWire(found.notice), {
    Location: `${ground.config.origin}/v1/notices/${submitted.noticeId}`,
  })
}

function addReading(face: Face): void {
  const { ground } = face
  programRoute(
    face,
    {
      method: 'get',
      path: '/v1/notices',
      tag: 'Notifier',
      summary: 'Your notices, newest first',
      act: 'notices.read',
      scope: 'notices:read',
      query: z.strictObject({
        ...listQuery,
        headline: z.enum(headlines).optional().describe('At least one item has this headline.'),
        regime: z.enum(regimes).optional(),
        provider: z.string().max(80).optional().describe('At least one item is addressed to it, `org_…`.'),
        updated_since: z.iso.datetime({ offset: true }).optional().describe('Something has changed since.'),
      }),
      answers: { 200: { description: 'One page.', schema: 'NoticePage' } },
    },
    async ({ c, actor, query, answer, refuse }) => {
      const { updated_since: since, ...filters } = query
      const found = await findNotices(ground, actor, {
        ...filters,
        ...(since === undefined ? {} : { updatedSince: new Date(since) }),
      })
      if (found.result === 'forbidden') return refuse('forbidden')
      if (found.result === 'invalid-cursor') return refuse('invalid_parameter', { errors: notACursor })
      const page = { data: found.notices.map(noticeOnWire), next_cursor: found.nextCursor }
      return answer(200, page, nextLink(ground.config.origin, c.req.url, found.nextCursor))
    },
  )

  programRoute(
    face,
    {
      method: 'get',
      path: '/v1/notices/{id}',
      tag: 'Notifier',
      summary: 'One notice with its items, axes and history',
      description:
        'Without addresses. With the scope items:reveal, `?reveal=<purpose>` adds them; each item revealed is recorded with the purpose.',
      act: 'notices.read',
      scope: 'notices:read',
      query: revealQuery,
      answers: {
        200: { description: 'The notice, with an ETag unless something was revealed.', schema: 'Notice' },
        304: { description: 'It is as your If-None-Match says.' },
      },
      refusals: ['not_found'],
    },
    async ({ c, actor, id, query, answer, refuse }) => {
      const found = await findNotice(ground, actor, id)
      if (found.result === 'unknown-notice') return refuse('not_found')
      if (query.reveal !== undefined) {
        const itemIds = found.notice.items.map((item) => item.id)
        const revealed = await revealItems(ground, actor, itemIds, query.reveal)
        if (revealed.result === 'refused') return refuse(revealed.code, { errors: revealed.errors })
        return answer(200, wholeNoticeOnWire(found.notice, revealed.items))
      }
      const body = wholeNoticeOnWire(found.notice)
      const etag = etagOf(body)
      if (c.req.header('if-none-match') === etag) return c.body(null, 304, { ETag: etag })
      return answer(200, body, { ETag: etag })
    },
  )
}

export function etagOf(body: unknown): string {
  return `"${createHash('sha256').update(JSON.stringify(body)).digest('base64url').slice(0, 27)}"`
}

function addWithdrawal(face: Face): void {
  const { ground } = face
  programRoute(
    face,
    {
      method: 'post',
      path: '/v1/notices/{id}/withdraw',
      tag: 'Notifier',
      summary: 'Take a notice back',
      description: 'Everyone it was sent to is told, and asked to put back what they removed.',
      act: 'notices.withdraw',
      scope: 'notices:write',
      body: { 'application/json': 'Withdrawal' },
      creates: {},
      answers: { 200: { description: 'Withdrawn.', schema: 'Withdrawn' } },
      refusals: ['not_found', 'already_withdrawn', 'invalid'],
    },
    async ({ actor, id, input, answer, refuse }) => {
      const read = withdrawal.safeParse(input)
      if (!read.success) return refuse('invalid', { errors: inputErrorsOf(read.error) })
      const { result } = await withdrawNotice(ground, actor, id, read.data.reason)
      switch (result) {
        case 'withdrawn':
          return answer(200, { id, state: 'withdrawn' })
        case 'already-withdrawn':
          return refuse('already_withdrawn')
        case 'unknown-notice':
          return refuse('not_found')
        case 'forbidden':
          return refuse('forbidden')
        case 'invalid':
          return refuse('invalid')
      }
    },
  )
}

function addObserving(face: Face): void {
  const { ground } = face
  programRoute(
    face,
    {
      method: 'post',
      path: '/v1/notices/{id}/observations',
      tag: 'Notifier',
      summary: 'What you saw yourself',
      description: 'One look of an analyst confirms or contradicts. All rows are recorded, or none.',
      act: 'observations.add',
      scope: 'notices:write',
      body: { 'application/json': 'ObservationRows' },
      creates: {},
      answers: { 201: { description: 'Recorded.', schema: 'ObservationsRecorded' } },
      refusals: ['not_found', 'invalid'],
    },
    async ({ actor, id, input, answer, refuse, making }) => {
      // Recorded before its process died: only the answer is left to give.
      if (making.made !== null) return answer(201, { observations: JSON.parse(making.made) })
      const recorded = await addObservations(ground, actor, id, input, (tx, ids) =>
        making.note(tx, JSON.stringify(ids)),
      )
      switch (recorded.result) {
        case 'recorded':
          return answer(201, { observations: recorded.observationIds })
        case 'invalid':
          return refuse('invalid', { errors: recorded.errors })
        case 'unknown-notice':
          return refuse('not_found')
        case 'forbidden':
          return refuse('forbidden')
      }
    },
  )
}
