import { Form } from '@remix-run/react'
import { useText } from '../../language/use-text.ts'
import { TextField } from '../../ui/field.tsx'
import { Moment } from '../../ui/moment.tsx'
import { Banner } from '../../ui/notice-banner.tsx'
import type { Refused } from './route.tsx'

/** A whole page load each time: what is shown belongs to one answer, and an old phone has no scripts. */
export function NumberStep({
  withdrawn,
  until,
  wrong,
  limitedUntil,
}: {
  withdrawn: boolean
  until: string | null
  wrong: { left: number } | null
  limitedUntil: string | null
}) {
  const text = useText()
  return (
    <>
      <p>{text(withdrawn ? 'answer-lede-withdrawn' : 'answer-lede')}</p>
      {limitedUntil ? (
        <Banner tone="alarm" announce>
          <p>
            {text('answer-limited')} <Moment at={limitedUntil} />
          </p>
        </Banner>
      ) : (
        <Form method="post" reloadDocument className="panel form-grid" autoComplete="off">
          <TextField
            name="number"
            label={text('answer-number')}
            hint={text(withdrawn ? 'answer-number-hint-withdrawn' : 'answer-number-hint')}
            complaint={wrong ? text('answer-wrong', { left: wrong.left }) : undefined}
            code
          />
          <div>
            <button className="button button-lead" type="submit" name="intent" value="open">
              {text('answer-show')}
            </button>
          </div>
        </Form>
      )}
      <div className="hint">
        <p>{text('answer-opened')}</p>
        {until ? (
          <p>
            {text('answer-until')} <Moment at={until} />
          </p>
        ) : null}
      </div>
      <AskUs />
    </>
  )
}

export function Ended({ why }: { why: Extract<Refused, { step: 'ended' }>['why'] }) {
  const text = useText()
  return (
    <>
      <Banner tone="wait">
        <p>{why === 'unknown' || why === 'expired' ? text(`answer-${why}`) : text(`answer-revoked.${why}`)}</p>
      </Banner>
      <AskUs />
    </>
  )
}

function AskUs() {
  const text = useText()
  return (
    <p>
      <a className="button" href="/asked">
        {text('answer-ask-us')}
      </a>
    </p>
  )
}
