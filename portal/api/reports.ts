import { eventTypes, readMessage, type TokenRefusal, type VerifiedToken } from '@noticeline/sdk/protocol'
import type { Context } from 'hono'
import { acceptReceipt } from '../delivery/accept-receipt.ts'
import { noteRefusedStatement } from '../delivery/accept-rehearsed.ts'
import { inputErrorsOf } from '../facts/input-error.ts'
import type { Ground } from '../ground/ground.ts'
import { acceptOutcomes } from '../removal/accept-outcome.ts'
import { askSigner } from './access.ts'
import { mediaTypeOf } from './body.ts'
import { keptForReports } from './idempotency.ts'
import { addressOf } from './limits.ts'
import { answerProgram, type Face, openRoute, type ProgramAsking, type ProgramDefinition, tooMany } from './route.ts'
import { jsonReport } from './schemas.ts'

const signed = 'application/secevent+jwt'
const json = 'application/json'

const definition = {
  method: 'post',
  path: '/v1/reports',
  tag: 'Provider',
  summary: 'Report a receipt or outcomes',
  description: [
    `As ${signed}: a token signed with a registered key, \`iss\` your urn, \`aud\` this origin, without Authorization; 202 or 400 with \`err\`.`,
    `As ${json}: \`{notice, seq, results}\` with a bearer token and an Idempotency-Key; 200 or 422 with pointers.`,
    'One schema and all or nothing in both forms. Per item the report received last holds.',
  ].join('\n'),
  act: 'reports.add',
  scope: 'reports:write',
  orSigned: true,
  body: { [signed]: 'Token', [json]: 'JsonReport' },
  creates: { keyRequired: false, keepMs: keptForReports },
  answers: {
    200: { description: 'The JSON form: recorded.', schema: 'ReportRecorded' },
    202: { description: 'The signed form: recorded, now or before.' },
    400: { description: 'The signed form: refused, as RFC 8935 says it.', schema: 'SetRefusal' },
  },
  refusals: ['invalid', 'not_found', 'not_addressed_to_you', 'idempotency_key_required'],
} as const satisfies ProgramDefinition

export function addReports(face: Face): void {
  openRoute(face, definition, (asking) => {
    const { mediaType } = mediaTypeOf(asking.c.req.header('content-type') ?? null)
    if (mediaType === signed) return answerSigned(face, asking.c)
    if (mediaType !== json) return asking.refuse('unsupported_media_type', { detail: `Send ${signed} or ${json}.` })
    return answerProgram(
      face,
      { ...definition, creates: { ...definition.creates, keyRequired: true } },
      (one) => answerJsonReport(face.ground, one),
      asking.c,
    )
  })
}

async function answerSigned(face: Face, c: Context): Promise<Response> {
  const { ground, limiter } = face
  const address = addressOf(c, ground.config.trustProxy)
  // Before the signature: verifying is the expensive part, and anyone may send us bytes.
  const forgeries = await limiter.refusals(address)
  if (forgeries.limited) return tooMany(c, ground.config.origin, forgeries.retryAfterSeconds)
  const asked = await askSigner(ground, c.req.raw)
  if (!asked.asked) {
    await limiter.countRefusal(address)
    if (asked.raw !== null) await noteRefusedStatement(ground, asked.raw, asked.refusal.err)
    return refuseSet(ground, c, asked.refusal)
  }
  const refusal = await acceptSigned(ground, asked.orgId, asked.token)
  return refusal ? refuseSet(ground, c, refusal) : c.body(null, 202)
}

type Refusal = Pick<TokenRefusal, 'err' | 'description'>

/** With the time we went by: where it is not the signer's, what is refused now may be taken later. */
function refuseSet({ clock }: Ground, c: Context, { err, description }: Refusal): Response {
  const headers = { 'content-type': 'application/json', date: clock.now().toUTCString() }
  return c.body(JSON.stringify({ err, description }), 400, headers)
}

const denied = (description: string): Refusal => ({ err: 'access_denied', description })
const wrong = (description: string): Refusal => ({ err: 'invalid_request', description })

async function acceptSigned(ground: Ground, orgId: string, token: VerifiedToken): Promise<Refusal | null> {
  const reading = readMessage(token)
  if (reading.read === 'refused') {
    await noteRefusedStatement(ground, token.raw, reading.refusal.err)
    return reading.refusal
  }
  if (reading.read === 'quarantine') return wrong('This portal does not speak that version of the message.')
  if (reading.read === 'unknown') return wrong('This portal does not know that type of event.')

  const reporter = { orgId, grade: 'signed', jti: token.claims.jti, kid: token.header.kid, raw: token.raw } as const
  if (reading.type === eventTypes.received) {
    const { result } = await acceptReceipt(ground, reporter, reading.message)
    switch (result) {
      case 'recorded':
      case 'already-recorded':
        return null
      case 'unknown-token':
      case 'not-addressed-to-you':
        return denied('No token with that ref was sent to you.')
      case 'contested':
        return wrong('A token with that ref was sent to you, but its digest is another one. This is recorded.')
    }
  }
  if (reading.type === eventTypes.reported) {
    const accepted = await acceptOutcomes(ground, reporter, reading.message)
    switch (accepted.result) {
      case 'recorded':
      case 'already-recorded':
        return null
      case 'unknown-notice':
      case 'not-addressed-to-you':
        return denied('No such notice was addressed to you.')
      case 'invalid': {
        const [first] = accepted.errors
        if (!first) return wrong('The report does not fit the notice.')
        return wrong(first.pointer === '' ? first.message : `At ${first.pointer}: ${first.message}`)
      }
    }
  }
  return wrong('Reports are notice.received and items.reported.')
}

async function answerJsonReport(
  ground: Ground,
  { actor, input, answer, refuse, making }: ProgramAsking<never>,
): Promise<Response> {
  // Recorded before its process died: only the answer is left to give.
  if (making.made !== null) return answer(200, { report: making.made })
  const read = jsonReport.safeParse(input)
  if (!read.success) return refuse('invalid', { errors: inputErrorsOf(read.error) })
  const accepted = await acceptOutcomes(ground, { orgId: actor.orgId, grade: 'authenticated' }, read.data, making.note)
  switch (accepted.result) {
    case 'recorded':
    case 'already-recorded':
      return answer(200, { report: accepted.reportId })
    case 'unknown-notice':
    case 'not-addressed-to-you':
      return refuse('not_addressed_to_you', {
        errors: [{ pointer: '/notice', code: 'not_addressed_to_you', message: 'No such notice was addressed to you.' }],
      })
    case 'invalid':
      return refuse('invalid', { errors: accepted.errors })
  }
}
