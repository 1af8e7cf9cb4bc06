import { Form } from '@remix-run/react'
import type { ReactNode } from 'react'
import type { Asked } from '../../../inbox/show-asked.ts'
import type { TextKey } from '../../language/catalogue.ts'
import type { Text } from '../../language/text.ts'
import { useText } from '../../language/use-text.ts'
import { CheckField, TextArea, TextField } from '../../ui/field.tsx'
import { Banner } from '../../ui/notice-banner.tsx'
import type { Group } from './read-answer.server.ts'

interface Choice {
  value: string
  label: string
  hint?: string
}

const reasons = {
  elsewhere: {
    not_hosted_here: [
      'ip_not_ours',
      'customer_left',
      'unknown_locator',
      'prefix_transferred',
      'reverse_proxy_only',
      'registrar_only',
    ],
  },
  cannot: {
    cannot_execute: [
      'technical',
      'no_access_to_customer_system',
      'insufficient_information',
      'manifest_error',
      'police_hold',
      'force_majeure',
    ],
    refused: ['disputes_illegality', 'disputes_authority', 'requires_court_order', 'no_reason_given'],
  },
} as const

/** The codes behind one of the three buttons; each is a button that sends. */
function choicesOf(group: Group, text: Text): { title: string | null; choices: Choice[] }[] {
  if (group === 'gone') {
    const choices = [
      { value: 'content_removed', label: text('answer-removed') },
      { value: 'access_disabled.worldwide', label: text('answer-blocked') },
      { value: 'access_disabled.eu', label: text('answer-blocked-eu') },
      { value: 'already_unavailable', label: text('answer-already'), hint: text('answer-already-hint') },
    ]
    return [{ title: null, choices }]
  }
  const titles: Record<string, TextKey> = {
    not_hosted_here: 'answer-not-here',
    cannot_execute: 'answer-later',
    refused: 'answer-never',
  }
  return Object.entries(reasons[group]).map(([outcome, codes]) => ({
    title: text(titles[outcome] ?? 'answer-how'),
    choices: (codes as readonly string[]).map((code) => ({
      value: `${outcome}.${code}`,
      label: text.code('reason', code),
    })),
  }))
}

interface StepProps {
  asked: Asked
  number: string
  /** The items ticked so far; null before anybody was asked. */
  chosen: string[] | null
  said: TextKey | null
}

export function ChooseStep({ group, ...step }: StepProps & { group: Group }) {
  const text = useText()
  return (
    <AnswerForm {...step} title={text(`answer-${group}`)}>
      {group === 'cannot' ? (
        <TextArea name="note" label={text('answer-note')} hint={text('answer-note-hint')} optional />
      ) : null}
      {choicesOf(group, text).map(({ title, choices }) => (
        <div className="grid gap-3" key={title}>
          {title ? <h3>{title}</h3> : null}
          {choices.map((choice) => (
            <button className="option text-left" type="submit" name="outcome" value={choice.value} key={choice.value}>
              <span className="font-semibold">{choice.label}</span>
              {choice.hint ? <span className="text-sm text-soft">{choice.hint}</span> : null}
            </button>
          ))}
        </div>
      ))}
    </AnswerForm>
  )
}

export function SinceStep(step: StepProps) {
  const text = useText()
  const complaint = step.said === 'answer-since-wrong' ? text(step.said) : undefined
  return (
    <AnswerForm {...step} said={complaint ? null : step.said} title={text('answer-already')}>
      <TextField
        name="since"
        label={text('answer-since')}
        hint={text('answer-since-hint')}
        type="datetime-local"
        complaint={complaint}
      />
      <div>
        <button className="button button-lead" type="submit" name="outcome" value="already_unavailable">
          {text('answer-send')}
        </button>
      </div>
    </AnswerForm>
  )
}

function AnswerForm({
  asked,
  number,
  chosen,
  said,
  title,
  children,
}: StepProps & { title: string; children: ReactNode }) {
  const text = useText()
  return (
    <>
      {said ? (
        <Banner tone="alarm" announce>
          <p>{text(said)}</p>
        </Banner>
      ) : null}
      <section className="panel" aria-labelledby="choose-title">
        <h2 id="choose-title">{title}</h2>
        <Form method="post" reloadDocument className="form-grid" autoComplete="off" noValidate>
          {/* The return key in a field sends a form by its first button. This one sends nothing. */}
          <button type="submit" disabled hidden />
          <input type="hidden" name="number" value={number} />
          <input type="hidden" name="intent" value="send" />
          <Which asked={asked} chosen={chosen} />
          {children}
        </Form>
      </section>
      <Form method="post" reloadDocument>
        <input type="hidden" name="number" value={number} />
        <button className="button button-plain" type="submit" name="intent" value="open">
          {text('answer-again')}
        </button>
      </Form>
    </>
  )
}

/** All of them, unless somebody takes the trouble; those without an answer where some have one. */
function Which({ asked, chosen }: Pick<StepProps, 'asked' | 'chosen'>) {
  const text = useText()
  if (asked.items.length < 2) return null
  const open = asked.items.filter(({ handling }) => handling === 'open').map(({ id }) => id)
  const ticked = chosen ?? (open.length > 0 ? open : asked.items.map(({ id }) => id))
  return (
    <fieldset>
      <legend>{text('answer-which')}</legend>
      <input type="hidden" name="which" value="some" />
      {asked.items.map((item) => (
        <CheckField
          key={item.id}
          name="item"
          value={item.id}
          checked={ticked.includes(item.id)}
          label={
            <>
              {text('answer-item', { number: item.number })}
              {item.handling === 'open' ? '' : ` · ${text.code('outcome', item.handling)}`}
            </>
          }
        />
      ))}
    </fieldset>
  )
}
