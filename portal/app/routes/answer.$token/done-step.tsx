import { Form } from '@remix-run/react'
import type { Asked } from '../../../inbox/show-asked.ts'
import { useText } from '../../language/use-text.ts'
import { Banner } from '../../ui/notice-banner.tsx'
import { Panel } from '../../ui/page.tsx'

/** What was recorded, and what is left. */
export function DoneStep({
  asked,
  number,
  open,
  token,
}: {
  asked: Asked
  number: string
  open: number
  token: string
}) {
  const text = useText()
  return (
    <>
      <Banner tone="good" announce>
        <p className="font-semibold">{text('answer-done')}</p>
        <p>{text('answer-done-hint')}</p>
      </Banner>
      <ul className="panel grid list-none gap-2">
        {asked.items.map((item) => (
          <li key={item.id} data-outcome={item.handling}>
            {text('answer-item', { number: item.number })}:{' '}
            <strong>{text.code(item.handling === 'open' ? 'handling' : 'outcome', item.handling)}</strong>
          </li>
        ))}
      </ul>
      {open > 0 && !asked.withdrawn ? (
        <Form method="post" reloadDocument className="stack">
          <p>{text('answer-rest', { count: open })}</p>
          <input type="hidden" name="number" value={number} />
          <button className="button button-lead" type="submit" name="intent" value="open">
            {text('answer-rest-go')}
          </button>
        </Form>
      ) : null}
      <Claim asked={asked} token={token} />
    </>
  )
}

/** For a company that has no account here: the same link opens the page where it becomes theirs. */
export function Claim({ asked, token }: { asked: Asked; token: string }) {
  const text = useText()
  if (!asked.claimable) return null
  return (
    <Panel title={text('answer-claim')} id="claim">
      <p className="mb-4">{text('answer-claim-hint')}</p>
      <p>
        <a className="button" href={`/claim/${token}`}>
          {text('answer-claim')}
        </a>
      </p>
    </Panel>
  )
}
