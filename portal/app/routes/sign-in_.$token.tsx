import { type ActionFunctionArgs, data, type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/node'
import { Form, Link, useActionData, useLoaderData } from '@remix-run/react'
import { consumeSignIn, describeSignIn } from '../../people/sign-in.ts'
import { findActor, wayIn } from '../access.server.ts'
import { titleText, useText } from '../language/use-text.ts'
import { browserOf, sessionCookie } from '../session.server.ts'
import { Moment } from '../ui/moment.tsx'
import { Banner } from '../ui/notice-banner.tsx'

export const meta: MetaFunction = ({ matches }) => [{ title: `${titleText(matches)('sign-in-title')} · Noticeline` }]

/** Opening the link changes nothing: mail scanners open links too. */
export async function loader({ params, context: { ground } }: LoaderFunctionArgs) {
  const found = await describeSignIn(ground, params.token ?? '')
  if (found.result !== 'valid') return data({ result: found.result, expiresAt: null }, { status: 410 })
  return { result: found.result, expiresAt: new Date(found.expiresAt).toISOString() }
}

export async function action(args: ActionFunctionArgs) {
  const { params, request, context } = args
  const { ground } = context
  const from = { browser: browserOf(request), replaces: await findActor(args) }
  const consumed = await consumeSignIn(ground, params.token ?? '', from)
  switch (consumed.result) {
    case 'signed-in':
      return redirect(wayIn(consumed), {
        status: 303,
        headers: { 'Set-Cookie': sessionCookie(ground, consumed.sessionToken) },
      })
    case 'unknown':
    case 'expired':
    case 'consumed':
      return data({ result: consumed.result }, { status: 410 })
  }
}

export default function SignInByLink() {
  const text = useText()
  const found = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const result = answer?.result ?? found.result
  return (
    <div className="wrap">
      <div className="stack mx-auto max-w-xl">
        <h1>{text('sign-in-title')}</h1>
        {result === 'valid' ? (
          <>
            <p>{text('sign-in-confirm')}</p>
            {/* A whole page load, since everything on the page changes with who reads it. */}
            <Form method="post" reloadDocument className="panel stack">
              <div>
                <button className="button button-lead" type="submit">
                  {text('sign-in-now')}
                </button>
              </div>
              {found.expiresAt ? (
                <p className="hint">
                  {text('sign-in-until')} <Moment at={found.expiresAt} />
                </p>
              ) : null}
            </Form>
          </>
        ) : (
          <>
            <Banner tone="wait" announce={answer !== undefined}>
              <p>{text(`sign-in-${result}`)}</p>
            </Banner>
            <p>
              <Link className="button button-lead" to="/sign-in">
                {text('sign-in-again')}
              </Link>
            </p>
          </>
        )}
      </div>
    </div>
  )
}
