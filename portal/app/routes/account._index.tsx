import { type ActionFunctionArgs, data, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node'
import { Form, Link, useActionData, useLoaderData } from '@remix-run/react'
import { requestMailboxChange } from '../../people/change-mailbox.ts'
import { changePerson } from '../../people/change-person.ts'
import { describeActor } from '../../people/describe-actor.ts'
import { endSession } from '../../people/end-session.ts'
import { findFactors } from '../../people/factors.ts'
import { findOwnOrganisations, findSessions, type SessionView } from '../../people/find-sessions.ts'
import { requireActor } from '../access.server.ts'
import { intentOf, word } from '../forms.server.ts'
import { languages } from '../language/catalogue.ts'
import { titleText, useText } from '../language/use-text.ts'
import { SelectField, TextField } from '../ui/field.tsx'
import { Moment } from '../ui/moment.tsx'
import { Banner } from '../ui/notice-banner.tsx'
import { PageHeading, Panel } from '../ui/page.tsx'
import { Table } from '../ui/table.tsx'

export const meta: MetaFunction = ({ matches }) => [{ title: `${titleText(matches)('account-title')} · Noticeline` }]

export async function loader(args: LoaderFunctionArgs) {
  const actor = await requireActor(args)
  const { ground } = args.context
  const { personName, email, locale } = await describeActor(ground, actor)
  const factors = await findFactors(ground, actor)
  return {
    name: personName,
    email,
    locale,
    sessions: await findSessions(ground, actor),
    hasFactor: factors.totp === 'on' || factors.passkeys.length > 0,
    organisations: (await findOwnOrganisations(ground, actor)).length,
  }
}

interface Said {
  form: 'person' | 'mailbox' | 'sessions'
  result: string
  good: boolean
  count?: number
}

export async function action(args: ActionFunctionArgs) {
  const actor = await requireActor(args)
  const { ground } = args.context
  const form = await args.request.formData()
  switch (intentOf(form, ['person', 'mailbox', 'end', 'end-others'])) {
    case 'person': {
      const locale = languages.find((language) => language === word(form, 'locale')) ?? 'en'
      const { result } = await changePerson(ground, actor, { name: word(form, 'name'), locale })
      return say({ form: 'person', result, good: result === 'changed' })
    }
    case 'mailbox': {
      const { result } = await requestMailboxChange(ground, actor, { email: word(form, 'email') })
      return say({ form: 'mailbox', result, good: result === 'requested' })
    }
    case 'end': {
      const ended = await endSession(ground, actor, { sessionId: word(form, 'session') })
      return say({ form: 'sessions', ...ended, good: ended.result === 'ended' })
    }
    case 'end-others': {
      const ended = await endSession(ground, actor, 'others')
      return say({ form: 'sessions', ...ended, good: true })
    }
  }
}

function say(said: Said) {
  return data(said, { status: said.good ? 200 : 422 })
}

export default function Account() {
  const text = useText()
  const account = useLoaderData<typeof loader>()
  const said = useActionData<typeof action>() as Said | undefined
  const nameComplaint =
    said?.result === 'name-missing'
      ? text('account-name-missing')
      : said?.result === 'name-too-long'
        ? text('account-name-long')
        : undefined
  return (
    <div className="wrap">
      <PageHeading title={text('account-title')} />
      <div className="stack">
        {said && !nameComplaint ? (
          <Banner tone={said.good ? 'good' : 'alarm'} announce>
            <p>{sentence(text, said)}</p>
          </Banner>
        ) : null}
        <Panel title={text('account-you')} id="you">
          <Form method="post" className="form-grid">
            <input type="hidden" name="intent" value="person" />
            <TextField
              name="name"
              label={text('account-name')}
              value={account.name}
              autoComplete="name"
              complaint={nameComplaint}
            />
            <SelectField
              name="locale"
              label={text('account-language')}
              value={account.locale}
              options={languages.map((language) => ({ value: language, label: text(`language-${language}`) }))}
            />
            <div>
              <button className="button" type="submit">
                {text('account-save')}
              </button>
            </div>
          </Form>
        </Panel>
        <Panel title={text('account-factor')} id="factor">
          <p>{text(account.hasFactor ? 'account-factor-on' : 'account-factor-off')}</p>
          <p className="mt-3">
            <Link className="button" to="/account/second-factor">
              {text('account-factor-link')}
            </Link>
          </p>
        </Panel>
        {account.organisations > 1 ? (
          <Panel title={text('account-organisations')} id="organisations">
            <Link className="button" to="/account/organisations">
              {text('account-organisations-link')}
            </Link>
          </Panel>
        ) : null}
        <Sessions sessions={account.sessions} />
        <Panel title={text('account-mailbox')} id="mailbox">
          <p>{text('account-mailbox-now', { email: account.email })}</p>
          <p className="hint">{text('account-mailbox-text')}</p>
          <Form method="post" className="form-grid mt-3">
            <input type="hidden" name="intent" value="mailbox" />
            <TextField name="email" label={text('account-mailbox-new')} type="email" autoComplete="email" />
            <div>
              <button className="button" type="submit">
                {text('account-mailbox-send')}
              </button>
            </div>
          </Form>
        </Panel>
      </div>
    </div>
  )
}

function Sessions({ sessions }: { sessions: SessionView[] }) {
  const text = useText()
  return (
    <Panel title={text('account-sessions')} id="sessions">
      <p className="hint">{text('account-sessions-hint')}</p>
      <Table
        caption={text('account-sessions-caption')}
        rows={sessions}
        rowKey={(session) => session.id}
        columns={[
          {
            label: text('account-session-browser'),
            cell: ({ browser, secondFactor }) => (
              <>
                {text.code('browser', browser)}
                {secondFactor ? (
                  <span className="block text-sm text-soft">{text('account-session-factor')}</span>
                ) : null}
              </>
            ),
          },
          { label: text('account-session-organisation'), cell: ({ orgName }) => orgName },
          { label: text('account-session-since'), cell: ({ signedInAt }) => <Moment at={signedInAt} short /> },
          { label: text('account-session-seen'), cell: ({ lastSeenAt }) => <Moment at={lastSeenAt} short /> },
          {
            label: text('account-session-end'),
            cell: ({ id, current }) =>
              current ? (
                text('account-session-current')
              ) : (
                <Form method="post">
                  <input type="hidden" name="intent" value="end" />
                  <button className="button" type="submit" name="session" value={id}>
                    {text('account-session-end')}
                  </button>
                </Form>
              ),
          },
        ]}
      />
      {sessions.length > 1 ? (
        <Form method="post" className="mt-3">
          <input type="hidden" name="intent" value="end-others" />
          <button className="button" type="submit">
            {text('account-sessions-end-others')}
          </button>
        </Form>
      ) : null}
    </Panel>
  )
}

function sentence(text: ReturnType<typeof useText>, said: Said): string {
  if (said.result === 'ended') return text('account-session-ended', { count: said.count ?? 0 })
  if (said.form === 'sessions') return text('account-session-unknown')
  if (said.form === 'mailbox') return text.code('account-mailbox', said.result)
  return text(said.good ? 'account-saved' : 'failure-refused-what')
}
