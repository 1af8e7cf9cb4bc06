import { type ActionFunctionArgs, data, type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/node'
import { Form, useActionData, useLoaderData } from '@remix-run/react'
import { findFactors } from '../../people/factors.ts'
import { isAssured } from '../../people/may.ts'
import { canHavePasskeys } from '../../people/passkey.ts'
import { isFresh } from '../../people/session.ts'
import { backOf, homeOf, requirePerson } from '../access.server.ts'
import { enterFactor } from '../factor-entry.server.ts'
import { titleText, useText } from '../language/use-text.ts'
import { TextField } from '../ui/field.tsx'
import { Moment } from '../ui/moment.tsx'
import { Banner } from '../ui/notice-banner.tsx'
import { PasskeyForm } from '../ui/passkey.tsx'

export const meta: MetaFunction = ({ matches }) => [
  { title: `${titleText(matches)('factor-enter-title')} · Noticeline` },
]

/** Asked at every sign-in, and again before what cannot be taken back. Whoever has none yet sets one up first. */
export async function loader(args: LoaderFunctionArgs) {
  const actor = await requirePerson(args)
  const { ground } = args.context
  const back = backOf(args.request)
  const factors = await findFactors(ground, actor)
  const none = factors.totp !== 'on' && factors.passkeys.length === 0
  if (none && !isAssured(actor)) throw redirect('/account/second-factor')
  if (none || (isAssured(actor) && (await isFresh(ground, actor)))) throw redirect(back ?? homeOf(actor))
  return {
    app: factors.totp === 'on',
    passkeys: factors.passkeys.length > 0 && canHavePasskeys(ground),
    recovery: factors.recoveryCodesLeft > 0,
  }
}

export async function action(args: ActionFunctionArgs) {
  const actor = await requirePerson(args)
  const back = backOf(args.request)
  const entry = await enterFactor(args, actor)
  if (entry.result === 'entered') return redirect(back ?? homeOf(actor), { status: 303 })
  return data(entry, { status: entry.result === 'asked' ? 200 : 422 })
}

export default function SecondFactor() {
  const text = useText()
  const { app, passkeys, recovery } = useLoaderData<typeof loader>()
  const said = useActionData<typeof action>()
  return (
    <div className="wrap">
      <div className="stack mx-auto max-w-xl">
        <h1>{text('factor-enter-title')}</h1>
        <p>{text('factor-enter-lede')}</p>
        {said && said.result !== 'asked' ? (
          <Banner tone="alarm" announce>
            <p>
              {said.result === 'wait' ? (
                <>
                  {text('factor-wait')} <Moment at={said.until} />.
                </>
              ) : said.result === 'wrong' ? (
                text('factor-wrong', { left: said.left })
              ) : (
                text('factor-refused')
              )}
            </p>
          </Banner>
        ) : null}
        {app ? (
          <Form method="post" reloadDocument className="panel form-grid">
            <input type="hidden" name="intent" value="code" />
            <TextField
              name="code"
              label={text('factor-code')}
              hint={text('factor-code-hint')}
              inputMode="numeric"
              autoComplete="one-time-code"
              code
              required
            />
            <div>
              <button className="button button-lead" type="submit">
                {text('factor-enter')}
              </button>
            </div>
          </Form>
        ) : null}
        {passkeys ? (
          <div className="panel">
            <PasskeyForm make={false} />
          </div>
        ) : null}
        {recovery ? (
          <details className="panel">
            <summary>{text('factor-recovery')}</summary>
            <Form method="post" reloadDocument className="form-grid mt-4">
              <input type="hidden" name="intent" value="recovery" />
              <TextField
                name="recovery"
                label={text('factor-recovery-code')}
                hint={text('factor-recovery-hint')}
                code
                required
              />
              <div>
                <button className="button" type="submit">
                  {text('factor-recovery-enter')}
                </button>
              </div>
            </Form>
          </details>
        ) : null}
        <form method="post" action="/sign-out">
          <button className="button button-plain" type="submit">
            {text('factor-sign-out')}
          </button>
        </form>
      </div>
    </div>
  )
}
