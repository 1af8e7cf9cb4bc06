import { type ActionFunctionArgs, data, type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/node'
import { Form, useActionData, useRouteLoaderData } from '@remix-run/react'
import { requestSignIn } from '../../people/sign-in.ts'
import { findActor, homeOf } from '../access.server.ts'
import { word } from '../forms.server.ts'
import { languageOf } from '../language/language.server.ts'
import { titleText, useText } from '../language/use-text.ts'
import { TextField } from '../ui/field.tsx'
import { Banner } from '../ui/notice-banner.tsx'

export const meta: MetaFunction = ({ matches }) => [{ title: `${titleText(matches)('sign-in-title')} · Noticeline` }]

export async function loader(args: LoaderFunctionArgs) {
  const actor = await findActor(args)
  if (actor) throw redirect(homeOf(actor))
  return null
}

/** The answer is the same whether or not somebody has this address. */
export async function action({ request, context: { ground } }: ActionFunctionArgs) {
  const email = word(await request.formData(), 'email')
  if (!/^[^@\s]+@[^@\s]+$/.test(email) || email.length > 254) return data({ sent: false, email }, { status: 422 })
  await requestSignIn(ground, { email, locale: languageOf(request) })
  return { sent: true, email: '' }
}

export default function SignIn() {
  const text = useText()
  const answer = useActionData<typeof action>()
  const root = useRouteLoaderData('root') as { mode?: string } | undefined
  const mailbox = root?.mode === 'demo' || root?.mode === 'development'
  return (
    <div className="wrap">
      <div className="stack mx-auto max-w-xl">
        <h1>{text('sign-in-title')}</h1>
        {answer?.sent ? (
          <>
            <Banner tone="good" announce>
              <p>{text('sign-in-sent')}</p>
            </Banner>
            <p className="text-soft">{text('sign-in-sent-hint')}</p>
          </>
        ) : (
          <>
            <p>{text('sign-in-lede')}</p>
            <Form method="post" className="panel form-grid" noValidate>
              <TextField
                name="email"
                label={text('sign-in-email')}
                type="email"
                autoComplete="email"
                value={answer?.email}
                complaint={answer ? text('sign-in-email-invalid') : undefined}
              />
              <div>
                <button className="button button-lead" type="submit">
                  {text('sign-in-send')}
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
