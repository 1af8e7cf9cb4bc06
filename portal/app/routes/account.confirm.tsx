import { type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/node'
import { Form, useActionData, useLoaderData, useRouteLoaderData } from '@remix-run/react'
import { describeActor } from '../../people/describe-actor.ts'
import { findFactors } from '../../people/factors.ts'
import { isFresh } from '../../people/session.ts'
import { requestSignIn } from '../../people/sign-in.ts'
import { backOf, homeOf, requirePerson } from '../access.server.ts'
import { languageOf } from '../language/language.server.ts'
import { titleText, useText } from '../language/use-text.ts'
import { Banner } from '../ui/notice-banner.tsx'

export const meta: MetaFunction = ({ matches }) => [{ title: `${titleText(matches)('show-again-title')} · Noticeline` }]

/** Who has a second factor shows that; who has none, and need not, gets another link by mail. */
export async function loader(args: LoaderFunctionArgs) {
  const actor = await requirePerson(args)
  const { ground } = args.context
  const back = backOf(args.request)
  if (await isFresh(ground, actor)) throw redirect(back ?? homeOf(actor))
  const factors = await findFactors(ground, actor)
  if (factors.totp === 'on' || factors.passkeys.length > 0) {
    throw redirect(back ? `/second-factor?back=${encodeURIComponent(back)}` : '/second-factor')
  }
  return { email: (await describeActor(ground, actor)).email }
}

export async function action(args: ActionFunctionArgs) {
  const actor = await requirePerson(args)
  const { ground } = args.context
  const { email } = await describeActor(ground, actor)
  const back = backOf(args.request)
  await requestSignIn(ground, { email, locale: languageOf(args.request), ...(back ? { back } : {}) })
  return { sent: true }
}

export default function Confirm() {
  const text = useText()
  const { email } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const root = useRouteLoaderData('root') as { mode?: string } | undefined
  const mailbox = root?.mode === 'demo' || root?.mode === 'development'
  return (
    <div className="wrap">
      <div className="stack mx-auto max-w-xl">
        <h1>{text('show-again-title')}</h1>
        {answer?.sent ? (
          <Banner tone="good" announce>
            <p>{text('confirm-sent', { email })}</p>
          </Banner>
        ) : (
          <>
            <p>{text('confirm-text')}</p>
            <Form method="post" className="panel stack">
              <p>{text('confirm-mail', { email })}</p>
              <div>
                <button className="button button-lead" type="submit">
                  {text('confirm-send')}
                </button>
              </div>
            </Form>
          </>
        )}
        {mailbox ? (
          <p>
            <a href="/mailbox">{text('sign-in-mailbox')}</a>
          </p>
        ) : null}
      </div>
    </div>
  )
}
