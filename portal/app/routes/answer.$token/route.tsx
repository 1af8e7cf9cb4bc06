import { type ActionFunctionArgs, data, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node'
import { useActionData, useLoaderData, useParams } from '@remix-run/react'
import { openAnswerLink } from '../../../delivery/answer-link.ts'
import { type ConfirmedByLink, confirmByLink } from '../../../delivery/confirm-by-link.ts'
import { type Asked, showAsked } from '../../../inbox/show-asked.ts'
import { answerByLink } from '../../../removal/answer-by-link.ts'
import { intentOf, word } from '../../forms.server.ts'
import type { TextKey } from '../../language/catalogue.ts'
import { titleText, useText } from '../../language/use-text.ts'
import { AskedStep } from './asked-step.tsx'
import { ChooseStep, SinceStep } from './choose-step.tsx'
import { DoneStep } from './done-step.tsx'
import { Ended, NumberStep } from './number-step.tsx'
import { type Group, groupOf, groups, readAnswer, readItems } from './read-answer.server.ts'

export const meta: MetaFunction = ({ matches }) => [{ title: `${titleText(matches)('answer-title')} · Noticeline` }]

export type Refused =
  | { step: 'ended'; why: 'unknown' | 'expired' | RevokedWhy }
  | { step: 'number'; wrong: { left: number } | null; limitedUntil: string | null }

type RevokedWhy = Extract<ConfirmedByLink, { result: 'revoked' }>['why']

export type Step =
  | Refused
  | { step: 'asked'; number: string; asked: Asked }
  | { step: 'choose'; number: string; asked: Asked; group: Group; said: TextKey | null; chosen: string[] | null }
  | { step: 'since'; number: string; asked: Asked; chosen: string[] | null; said: TextKey | null }
  | { step: 'done'; number: string; asked: Asked; open: number }

/** Opening the link, however often and by whomever, changes nothing: mail scanners open links too. */
export async function loader({ params, context: { ground } }: LoaderFunctionArgs) {
  const opened = await openAnswerLink(ground, params.token ?? '')
  if (opened.result === 'valid')
    return { valid: true, withdrawn: opened.withdrawn, until: opened.expiresAt.toISOString(), why: null } as const
  const why = opened.result === 'revoked' ? opened.why : opened.result
  return data({ valid: false, withdrawn: false, until: null, why } as const, { status: 410 })
}

/**
 * Each step carries the number of the notice with it, so that nothing is kept between them and each can be sent again.
 * Where it stands is shown by the first one alone, and leaves its line each time.
 */
export async function action({ request, params, context: { ground } }: ActionFunctionArgs) {
  const token = params.token ?? ''
  const form = await request.formData()
  const number = word(form, 'number')
  const intent = intentOf(form, ['open', 'send', ...groups])
  const chosen = readItems(form)
  if (intent === 'send') {
    const answer = readAnswer(form)
    if (answer.outcome === 'already_unavailable' && form.get('since') === null && chosen?.length !== 0)
      return shown({ step: 'since', chosen, said: null })
    const answered = await answerByLink(ground, token, { number, itemIds: chosen, answer })
    switch (answered.result) {
      case 'recorded':
      case 'already-recorded':
        return shown({ step: 'done' })
      case 'invalid': {
        const none = chosen?.length === 0
        if (answer.outcome === 'already_unavailable' && !none)
          return shown({ step: 'since', chosen, said: 'answer-since-wrong' }, 422)
        const said = none ? 'answer-which-none' : 'answer-invalid'
        return shown({ step: 'choose', group: groupOf(answer.outcome), said, chosen }, 422)
      }
      default:
        return refused(answered)
    }
  }
  const group = groups.find((one) => one === intent)
  return shown(group ? { step: 'choose', group, said: null, chosen } : { step: 'asked' })

  type Next =
    | { step: 'asked' | 'done' }
    | { step: 'choose'; group: Group; said: TextKey | null; chosen: string[] | null }
    | { step: 'since'; chosen: string[] | null; said: TextKey | null }

  async function shown(next: Next, status = 200) {
    const confirmed = await confirmByLink(ground, token, number)
    if (confirmed.result !== 'confirmed') return refused(confirmed)
    const asked = await showAsked(ground, confirmed.link, { reveal: next.step === 'asked' })
    if (!asked) return refused({ result: 'unknown' })
    const open = asked.items.filter(({ handling }) => handling === 'open').length
    return data<Step>({ ...next, number, asked, ...(next.step === 'done' ? { open } : {}) } as Step, { status })
  }
}

function refused(found: Exclude<ConfirmedByLink, { result: 'confirmed' }>) {
  switch (found.result) {
    case 'wrong-number':
      return data<Step>({ step: 'number', wrong: { left: found.left }, limitedUntil: null }, { status: 422 })
    case 'limited':
      return data<Step>({ step: 'number', wrong: null, limitedUntil: found.until.toISOString() }, { status: 429 })
    case 'revoked':
      return data<Step>({ step: 'ended', why: found.why }, { status: 410 })
    case 'unknown':
    case 'expired':
      return data<Step>({ step: 'ended', why: found.result }, { status: 410 })
  }
}

export default function Answer() {
  const text = useText()
  const { token = '' } = useParams()
  const link = useLoaderData<typeof loader>()
  const step = useActionData<typeof action>() as Step | undefined
  const ended = step?.step === 'ended' ? step.why : step ? null : link.why
  return (
    <div className="wrap">
      <div className="stack mx-auto max-w-2xl">
        <h1>{text(step?.step === 'asked' ? 'answer-asked' : 'answer-title')}</h1>
        {ended ? <Ended why={ended} /> : <StepOf step={step} token={token} link={link} />}
      </div>
    </div>
  )
}

function StepOf({
  step,
  token,
  link,
}: {
  step: Step | undefined
  token: string
  link: { withdrawn: boolean; until: string | null }
}) {
  switch (step?.step) {
    case 'asked':
      return <AskedStep {...step} token={token} />
    case 'choose':
      return <ChooseStep {...step} />
    case 'since':
      return <SinceStep {...step} />
    case 'done':
      return <DoneStep {...step} token={token} />
    default:
      return (
        <NumberStep
          {...link}
          wrong={step?.step === 'number' ? step.wrong : null}
          limitedUntil={step?.step === 'number' ? step.limitedUntil : null}
        />
      )
  }
}
