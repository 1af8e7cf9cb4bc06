import { Form } from '@remix-run/react'
import type { InvitationView, MemberView } from '../../people/find-members.ts'
import type { Role } from '../../people/person.ts'
import { languages } from '../language/catalogue.ts'
import { useText } from '../language/use-text.ts'
import { SelectField, TextField } from './field.tsx'
import { Moment } from './moment.tsx'
import { Banner } from './notice-banner.tsx'
import { PageHeading, Pairs, Panel } from './page.tsx'
import { Table } from './table.tsx'

interface PeopleView {
  members: MemberView[]
  invitations: InvitationView[]
  rolesToInvite: Role[]
  orgName: string
  locale: string
}

const allRoles: readonly Role[] = ['owner', 'admin', 'handler', 'developer', 'read_only']

/** Who belongs to an organisation, with what this reader may change about each. */
export function People({ people, said }: { people: PeopleView; said: { result: string; good: boolean } | undefined }) {
  const text = useText()
  const { members, invitations, rolesToInvite, orgName, locale } = people
  const changeable = members.some((member) => member.removable || member.rolesToGive.length > 0)
  return (
    <>
      <PageHeading title={text('people-title')} lede={text('people-lede', { organisation: orgName })} />
      <div className="stack">
        {said ? (
          <Banner tone={said.good ? 'good' : 'alarm'} announce>
            <p>{text.code('people-said', said.result)}</p>
          </Banner>
        ) : null}
        <Panel>
          <Table
            caption={text('people-caption')}
            rows={members}
            rowKey={(member) => member.personId}
            columns={[
              {
                label: text('people-name'),
                cell: (member) => (
                  <>
                    {member.name} {member.yourself ? <span className="text-soft">({text('people-you')})</span> : null}
                    <span className="block text-sm text-soft break-all">{member.email}</span>
                  </>
                ),
              },
              { label: text('people-role'), cell: (member) => text.code('role', member.role) },
              {
                label: text('people-factor'),
                cell: (member) => text(member.secondFactor ? 'people-factor-on' : 'people-factor-off'),
              },
              { label: text('people-since'), cell: (member) => <Moment at={member.since} short /> },
              ...(changeable
                ? [{ label: text('people-act'), cell: (member: MemberView) => <Change member={member} /> }]
                : []),
            ]}
          />
        </Panel>
        {rolesToInvite.length > 0 ? (
          <Invite rolesToInvite={rolesToInvite} locale={locale} invited={invitations.length} />
        ) : null}
        {invitations.length > 0 ? <Invitations invitations={invitations} /> : null}
        <Panel title={text('people-rights-title')} id="rights">
          <Pairs pairs={allRoles.map((role) => [text.code('role', role), text.code('role-rights', role)] as const)} />
        </Panel>
        <Panel title={text('people-leave-title')} id="leave">
          <p>{text('people-leave-text')}</p>
          <Form method="post" className="mt-3">
            <input type="hidden" name="intent" value="leave" />
            <button className="button button-alarm" type="submit">
              {text('people-leave', { organisation: orgName })}
            </button>
          </Form>
        </Panel>
      </div>
    </>
  )
}

function Change({ member }: { member: MemberView }) {
  const text = useText()
  if (member.yourself) return <span className="text-soft">{text('people-no-act')}</span>
  if (!member.removable && member.rolesToGive.length === 0) return null
  return (
    <details>
      <summary className="button button-plain">{text('people-act')}</summary>
      <Form method="post" className="form-grid mt-3">
        <input type="hidden" name="intent" value="role" />
        <input type="hidden" name="person" value={member.personId} />
        <SelectField
          name="role"
          id={`role-${member.personId}`}
          label={text('people-new-role', { name: member.name })}
          options={member.rolesToGive.map((role) => ({ value: role, label: text.code('role', role) }))}
        />
        <button className="button" type="submit">
          {text('people-give-role')}
        </button>
      </Form>
      <Form method="post" className="mt-3">
        <input type="hidden" name="intent" value="remove" />
        <input type="hidden" name="person" value={member.personId} />
        <button
          className="button button-alarm"
          type="submit"
          aria-label={text('people-remove-of', { name: member.name })}
        >
          {text('people-remove')}
        </button>
      </Form>
    </details>
  )
}

/** `invited`: how many wait. One more, and the form is empty again. */
function Invite({ rolesToInvite, locale, invited }: { rolesToInvite: Role[]; locale: string; invited: number }) {
  const text = useText()
  return (
    <Panel title={text('people-invite-title')} id="invite">
      <p className="hint">{text('people-invite-text')}</p>
      <Form method="post" className="form-grid mt-3" key={invited}>
        <input type="hidden" name="intent" value="invite" />
        <TextField name="email" label={text('people-invite-email')} type="email" required />
        <SelectField
          name="role"
          label={text('people-invite-role')}
          value="handler"
          options={rolesToInvite.map((role) => ({
            value: role,
            label: `${text.code('role', role)}: ${text.code('role-rights', role)}`,
          }))}
        />
        <SelectField
          name="locale"
          label={text('people-invite-language')}
          value={locale}
          options={languages.map((language) => ({ value: language, label: text(`language-${language}`) }))}
        />
        <div>
          <button className="button button-lead" type="submit">
            {text('people-invite')}
          </button>
        </div>
      </Form>
    </Panel>
  )
}

function Invitations({ invitations }: { invitations: InvitationView[] }) {
  const text = useText()
  return (
    <Panel title={text('people-invitations')} id="invited">
      <Table
        caption={text('people-invitations-caption')}
        rows={invitations}
        rowKey={(invitation) => invitation.id}
        columns={[
          {
            label: text('people-invite-email'),
            cell: ({ email, role }) => (
              <>
                <span className="break-all">{email}</span>
                <span className="block text-sm text-soft">{text.code('role', role)}</span>
              </>
            ),
          },
          { label: text('people-invitation-sent'), cell: ({ sentAt }) => <Moment at={sentAt} short /> },
          {
            label: text('people-invitation-until'),
            cell: ({ expired, expiresAt }) =>
              expired ? text('people-invitation-expired') : <Moment at={expiresAt} short />,
          },
          {
            label: text('people-act'),
            cell: ({ id, expired }) => (
              <Form method="post" className="flex flex-wrap gap-2">
                <input type="hidden" name="invitation" value={id} />
                {expired ? null : (
                  <button className="button" type="submit" name="intent" value="resend">
                    {text('people-invitation-resend')}
                  </button>
                )}
                <button className="button" type="submit" name="intent" value="revoke">
                  {text('people-invitation-revoke')}
                </button>
              </Form>
            ),
          },
        ]}
      />
    </Panel>
  )
}
