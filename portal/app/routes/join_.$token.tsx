import { type ActionFunctionArgs, data, type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/node'
import { Form, Link, useActionData, useLoaderData } from '@remix-run/react'
import { consumeJoining, describeJoining } from '../../people/consume-joining.ts'
import { homeOf } from '../access.server.ts'
import { given } from '../forms.server.ts'
import { titleText, useText } from '../language/use-text.ts'
import { browserOf, sessionCookie } from '../session.server.ts'
import { CheckField } from '../ui/field.tsx'
import { Moment } from '../ui/moment.tsx'
import { Banner } from '../ui/notice-banner.tsx'
import { Panel } from '../ui/page.tsx'
import { TermsText } from '../ui/terms-text.tsx'

export const meta: MetaFunction = ({ matches }) => [
  { title: `${titleText(matches)('joining-title-none')} · Noticeline` },
]

/** Opening the link changes nothing: mail scanners open links too. */
export async function loader({ params, context: { ground } }: LoaderFunctionArgs) {
  const found = await describeJoining(ground, params.token ?? '')
  if (found.result !== 'valid') return data({ result: found.result, joining: null }, { status: 410 })
  const { expiresAt, ...joining } = found.joining
  return data({ result: found.result, joining: { ...joining, expiresAt: expiresAt.toISOString() } })
}

export async function action({ params, request, context: { ground } }: ActionFunctionArgs) {
  const terms = given(await request.formData(), 'terms') ?? null
  const consumed = await consumeJoining(ground, params.token ?? '', { terms, browser: browserOf(request) })
  switch (consumed.result) {
    case 'joined':
      return redirect(consumed.actor.orgKind === 'provider' ? '/provider/joining' : homeOf(consumed.actor), {
        status: 303,
        headers: { 'Set-Cookie': sessionCookie(ground, consumed.sessionToken) },
      })
    case 'terms-missing':
      return data({ result: consumed.result }, { status: 422 })
    case 'contested':
    case 'already-member':
      return data({ result: consumed.result })
    case 'unknown':
    case 'expired':
    case 'consumed':
      return data({ result: consumed.result }, { status: 410 })
  }
}

export default function Joining() {
  const text = useText()
  const { result, joining } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const over = answer && answer.result !== 'terms-missing' ? answer.result : result !== 'valid' ? result : null
  if (over || !joining) return <Over result={over ?? 'unknown'} announce={answer !== undefined} />
  const { organisation, email, terms, contested } = joining
  return (
    <div className="wrap">
      <div className="stack mx-auto max-w-2xl">
        <h1>{text(`joining-title-${joining.kind}`, { organisation })}</h1>
        {answer?.result === 'terms-missing' ? (
          <Banner tone="alarm" announce>
            <p>{text('joining-accept-missing')}</p>
          </Banner>
        ) : null}
        <p>{text(contested ? 'joining-contested' : 'joining-lede', { organisation, email })}</p>
        {/* A whole page load, since everything on the page changes with who reads it. */}
        <Form method="post" reloadDocument className="stack">
          {contested ? null : (
            <Panel title={text('joining-terms')} id="terms">
              <TermsText of={terms.of} version={terms.version} />
              <div className="mt-3">
                <CheckField name="terms" value={terms.version} label={text('joining-accept', { organisation })} />
              </div>
            </Panel>
          )}
          <div>
            <button className="button button-lead" type="submit">
              {text(contested ? 'joining-contest-now' : 'joining-now')}
            </button>
          </div>
          <p className="hint">
            {text('joining-until')} <Moment at={joining.expiresAt} />
          </p>
        </Form>
      </div>
    </div>
  )
}

type Ended = 'unknown' | 'expired' | 'consumed' | 'contested' | 'already-member'

function Over({ result, announce }: { result: Ended; announce: boolean }) {
  const text = useText()
  const said = result === 'contested' ? 'contested-done' : result === 'already-member' ? 'member' : result
  return (
    <div className="wrap">
      <div className="stack mx-auto max-w-xl">
        <h1>{text('joining-title-none')}</h1>
        <Banner tone={result === 'contested' ? 'good' : 'wait'} announce={announce}>
          <p>{text(`joining-${said}`)}</p>
        </Banner>
        {result === 'contested' ? null : (
          <p className="flex flex-wrap gap-2">
            {result === 'already-member' || result === 'consumed' ? (
              <Link className="button button-lead" to="/sign-in">
                {text('nav-sign-in')}
              </Link>
            ) : (
              <Link className="button button-lead" to="/join">
                {text('joining-again')}
              </Link>
            )}
          </p>
        )}
      </div>
    </div>
  )
}
