import { type ActionFunctionArgs, data, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node'
import { Form, Link, useActionData, useLoaderData } from '@remix-run/react'
import { confirmMailboxChange, describeMailboxChange } from '../../people/change-mailbox.ts'
import { titleText, useText } from '../language/use-text.ts'
import { Banner } from '../ui/notice-banner.tsx'

export const meta: MetaFunction = ({ matches }) => [
  { title: `${titleText(matches)('mailbox-change-title')} · Noticeline` },
]

/** Opening changes nothing: mail scanners open links too. */
export async function loader({ params, context: { ground } }: LoaderFunctionArgs) {
  const found = await describeMailboxChange(ground, params['token'] ?? '')
  return data(found, { status: found.result === 'valid' ? 200 : 410 })
}

export async function action({ params, context: { ground } }: ActionFunctionArgs) {
  const { result } = await confirmMailboxChange(ground, params['token'] ?? '')
  return data({ result }, { status: result === 'changed' || result === 'half' ? 200 : 410 })
}

export default function MailboxChange() {
  const text = useText()
  const found = useLoaderData<typeof loader>()
  const said = useActionData<typeof action>()
  const good = said?.result === 'changed' || said?.result === 'half'
  return (
    <div className="wrap">
      <div className="stack mx-auto max-w-xl">
        <h1>{text('mailbox-change-title')}</h1>
        {said ? (
          <Banner tone={good ? 'good' : 'alarm'} announce>
            <p>{text(`mailbox-change-${said.result}`)}</p>
          </Banner>
        ) : found.result === 'valid' ? (
          <Form method="post" reloadDocument className="panel stack">
            <p>{text(`mailbox-change-${found.side}`, { email: found.email })}</p>
            <div>
              <button className="button button-lead" type="submit">
                {text('mailbox-change-confirm')}
              </button>
            </div>
            <p className="hint">{text('mailbox-change-hint')}</p>
          </Form>
        ) : (
          <Banner tone="wait">
            <p>{text(`mailbox-change-${found.result}`)}</p>
          </Banner>
        )}
        <p>
          <Link className="button" to="/sign-in">
            {text('nav-sign-in')}
          </Link>
        </p>
      </div>
    </div>
  )
}
