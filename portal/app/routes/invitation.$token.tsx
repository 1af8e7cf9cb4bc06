import { type ActionFunctionArgs, data, type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/node'
import { Form, Link, useActionData, useLoaderData } from '@remix-run/react'
import { acceptInvitation } from '../../people/accept-invitation.ts'
import { describeActor } from '../../people/describe-actor.ts'
import { describeInvitation } from '../../people/invitation.ts'
import { findActor, wayIn } from '../access.server.ts'
import { word } from '../forms.server.ts'
import { titleText, useText } from '../language/use-text.ts'
import { browserOf, sessionCookie } from '../session.server.ts'
import { TextField } from '../ui/field.tsx'
import { Moment } from '../ui/moment.tsx'
import { Banner } from '../ui/notice-banner.tsx'

export const meta: MetaFunction = ({ matches }) => [{ title: `${titleText(matches)('invitation-title')} · Noticeline` }]

/** Opening changes nothing: mail scanners open links too. */
export async function loader(args: LoaderFunctionArgs) {
  const { ground } = args.context
  const found = await describeInvitation(ground, args.params['token'] ?? '')
  if (found.result !== 'valid') return data({ ended: found.result, invitation: null, signedIn: null }, { status: 410 })
  const actor = await findActor(args)
  const signedIn = actor ? (await describeActor(ground, actor)).email : null
  return { ended: null, invitation: { ...found, expiresAt: found.expiresAt.toISOString() }, signedIn }
}

export async function action(args: ActionFunctionArgs) {
  const { ground } = args.context
  const accepted = await acceptInvitation(ground, args.params['token'] ?? '', {
    actor: await findActor(args),
    name: word(await args.request.formData(), 'name'),
    browser: browserOf(args.request),
  })
  switch (accepted.result) {
    case 'signed-in': {
      const cookie = sessionCookie(ground, accepted.sessionToken)
      const to = wayIn({ actor: accepted.actor, back: null, organisations: 1 })
      return redirect(to, { status: 303, headers: { 'Set-Cookie': cookie } })
    }
    case 'joined': {
      const actor = await findActor(args)
      return redirect(actor ? wayIn({ actor, back: null, organisations: 1 }) : '/sign-in', { status: 303 })
    }
    case 'joined-sign-in':
      return data({ result: accepted.result })
    case 'other-person':
    case 'name-missing':
      return data({ result: accepted.result }, { status: 422 })
    case 'unknown':
    case 'expired':
    case 'revoked':
    case 'accepted':
      return data({ result: accepted.result }, { status: 410 })
  }
}

export default function Invitation() {
  const text = useText()
  const { ended, invitation, signedIn } = useLoaderData<typeof loader>()
  const said = useActionData<typeof action>()
  const over = said && !['other-person', 'name-missing', 'joined-sign-in'].includes(said.result) ? said.result : ended
  return (
    <div className="wrap">
      <div className="stack mx-auto max-w-xl">
        <h1>{text('invitation-title')}</h1>
        {said?.result === 'joined-sign-in' ? (
          <>
            <Banner tone="good" announce>
              <p>{text('invitation-joined', { email: invitation?.email ?? '' })}</p>
            </Banner>
            <p>
              <Link className="button button-lead" to="/sign-in">
                {text('nav-sign-in')}
              </Link>
            </p>
          </>
        ) : over ? (
          <Banner tone="wait" announce={said !== undefined}>
            <p>{text(`invitation-${over as 'unknown' | 'expired' | 'revoked' | 'accepted'}`)}</p>
          </Banner>
        ) : invitation ? (
          <Standing invitation={invitation} signedIn={signedIn} nameMissing={said?.result === 'name-missing'} />
        ) : null}
      </div>
    </div>
  )
}

interface Shown {
  email: string
  role: string
  orgName: string
  invitedBy: string | null
  expiresAt: string
  known: boolean
}

function Standing({
  invitation,
  signedIn,
  nameMissing,
}: {
  invitation: Shown
  signedIn: string | null
  nameMissing: boolean
}) {
  const text = useText()
  const { email, role, orgName, invitedBy, expiresAt, known } = invitation
  const words = {
    organisation: orgName,
    role: text.code('role', role),
    rights: text.code('role-rights', role),
  }
  const other = signedIn !== null && signedIn !== email
  return (
    <>
      <p>
        {invitedBy ? text('invitation-text', { ...words, by: invitedBy }) : text('invitation-text-platform', words)}
      </p>
      <p>
        {text('invitation-for')} <strong>{email}</strong>.
      </p>
      {other ? (
        <>
          <Banner tone="alarm">
            <p>{text('invitation-other', { signedIn, invited: email })}</p>
          </Banner>
          <form method="post" action="/sign-out">
            <button className="button" type="submit">
              {text('nav-sign-out')}
            </button>
          </form>
        </>
      ) : (
        <Form method="post" reloadDocument className="panel form-grid">
          {known ? null : (
            <TextField
              name="name"
              label={text('invitation-name')}
              hint={text('invitation-name-hint')}
              autoComplete="name"
              complaint={nameMissing ? text('invitation-name-missing') : undefined}
            />
          )}
          <div>
            <button className="button button-lead" type="submit">
              {text('invitation-join', { organisation: orgName })}
            </button>
          </div>
          <p className="hint">
            {text('invitation-confirm')} {text('sign-in-until')} <Moment at={expiresAt} />
          </p>
        </Form>
      )}
    </>
  )
}
