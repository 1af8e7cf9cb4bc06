import { type ActionFunctionArgs, data, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node'
import { Form, Link, useActionData, useLoaderData } from '@remix-run/react'
import { confirmByLink, describeConfirmation } from '../../providers/confirm-contact.ts'
import { titleText, useText } from '../language/use-text.ts'
import { Moment } from '../ui/moment.tsx'
import { Banner } from '../ui/notice-banner.tsx'

export const meta: MetaFunction = ({ matches }) => [{ title: `${titleText(matches)('confirm-title')} · Noticeline` }]

/** Opening the link changes nothing: mail scanners open links too. */
export async function loader({ params, context: { ground } }: LoaderFunctionArgs) {
  const found = await describeConfirmation(ground, params.token ?? '')
  if (found.result !== 'valid') return data({ result: found.result, why: null, expiresAt: null }, { status: 410 })
  return { result: found.result, why: found.why, expiresAt: found.expiresAt.toISOString() }
}

export async function action({ params, context: { ground } }: ActionFunctionArgs) {
  const { result } = await confirmByLink(ground, params.token ?? '')
  return data({ result }, { status: result === 'confirmed' ? 200 : 410 })
}

export default function ConfirmMailbox() {
  const text = useText()
  const found = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const result = answer?.result ?? found.result
  return (
    <div className="wrap">
      <div className="stack mx-auto max-w-xl">
        <h1>{text('confirm-title')}</h1>
        {result === 'valid' ? (
          <>
            <p>{text(found.why === 'challenge' ? 'confirm-challenge' : 'confirm-verify')}</p>
            <Form method="post" className="panel stack">
              <div>
                <button className="button button-lead" type="submit">
                  {text('confirm-now')}
                </button>
              </div>
              {found.expiresAt ? (
                <p className="hint">
                  {text('confirm-until')} <Moment at={found.expiresAt} />
                </p>
              ) : null}
            </Form>
          </>
        ) : (
          <>
            <Banner tone={result === 'confirmed' ? 'good' : 'wait'} announce={answer !== undefined}>
              <p>{text(`confirm-${result}`)}</p>
            </Banner>
            {result === 'confirmed' || result === 'used' ? null : (
              <p>
                <Link className="button" to="/provider/contacts">
                  {text('confirm-contacts')}
                </Link>
              </p>
            )}
          </>
        )}
      </div>
    </div>
  )
}
