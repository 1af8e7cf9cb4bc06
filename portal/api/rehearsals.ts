import { endRehearsal } from '../delivery/end-rehearsals.ts'
import { findRehearsal, type RehearsalView } from '../delivery/find-rehearsals.ts'
import { sayStep, stepTitles } from '../delivery/rehearsal-words.ts'
import { rehearseEndpoint } from '../delivery/rehearse-endpoint.ts'
import type { Ground } from '../ground/ground.ts'
import type { ProgramActor } from '../people/may.ts'
import type { ProblemCode } from './problems.ts'
import { type Asking, type Face, programRoute } from './route.ts'

/** How often a waiting call looks. */
const lookEveryMs = 500
/** A little more than a rehearsal takes whose report never comes, and less than clients wait. */
const longestMs = 50_000

type Answering = Pick<Asking<never>, 'answer' | 'refuse'>

export function addRehearsals(face: Face): void {
  const { ground } = face
  programRoute(
    face,
    {
      method: 'post',
      path: '/v1/endpoints/{id}/rehearse',
      tag: 'Provider',
      summary: 'Rehearse: a test notice, from the push to the withdrawal',
      description:
        'Sends the verification event, a forged token, one for somebody else, a notice of the regime `test`, the same again, and, after your receipt and report, its withdrawal. Answers with a report card in words, within 50 s; `state: running` means that something is still waited for. A poll stream gets the same by its own polls while this call waits, acknowledges what it stored in `ack` and refuses the rest in `setErrs`. Nothing of it enters an inbox or a figure.',
      act: 'endpoints.write',
      scope: 'endpoints:write',
      answers: { 200: { description: 'The report card.', schema: 'Rehearsal' } },
      refusals: ['not_found', 'not_while_paused', 'rehearsal_running', 'rehearsals_too_many'],
    },
    async ({ c, actor, id, answer, refuse }) => {
      const rehearsing = await rehearseEndpoint(ground, actor, id)
      if (rehearsing.result !== 'started') return refuse(refusals[rehearsing.result])
      const until = performance.now() + longestMs
      while (performance.now() < until && !c.req.raw.signal.aborted) {
        if (await endRehearsal(ground, rehearsing.rehearsalId)) break
        await new Promise((resolve) => setTimeout(resolve, lookEveryMs))
      }
      return answerCard(ground, actor, rehearsing.rehearsalId, { answer, refuse })
    },
  )

  programRoute(
    face,
    {
      method: 'get',
      path: '/v1/rehearsals/{id}',
      tag: 'Provider',
      summary: 'The report card of a rehearsal',
      act: 'endpoints.read',
      scope: 'endpoints:write',
      answers: { 200: { description: 'As it stands now.', schema: 'Rehearsal' } },
      refusals: ['not_found'],
    },
    async ({ actor, id, answer, refuse }) => answerCard(ground, actor, id, { answer, refuse }),
  )
}

const refusals = {
  running: 'rehearsal_running',
  'too-many': 'rehearsals_too_many',
  paused: 'not_while_paused',
  'unknown-endpoint': 'not_found',
  forbidden: 'forbidden',
} as const satisfies Record<string, ProblemCode>

async function answerCard(
  ground: Ground,
  actor: ProgramActor,
  id: string,
  { answer, refuse }: Answering,
): Promise<Response> {
  const found = await findRehearsal(ground, actor, id)
  if (found.result !== 'found') return refuse(found.result === 'forbidden' ? 'forbidden' : 'not_found')
  return answer(200, rehearsalOnWire(found.rehearsal))
}

function rehearsalOnWire({ id, endpointId, noticeId, state, startedAt, endedAt, card }: RehearsalView) {
  return {
    id,
    endpoint: endpointId,
    notice: noticeId,
    state,
    passed: state === 'passed',
    started_at: startedAt.toISOString(),
    ended_at: endedAt?.toISOString() ?? null,
    card: card.map((step) => ({
      step: step.name,
      title: stepTitles[step.name].en,
      result: step.result,
      code: step.code,
      detail: sayStep(step, 'en'),
      at: step.at?.toISOString() ?? null,
      ms: step.ms,
    })),
  }
}
