import { type ActionFunctionArgs, data, type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/node'
import { Link, useActionData, useLoaderData, useSearchParams } from '@remix-run/react'
import { endNetwork } from '../../../attribution/prove-network.ts'
import { findOrganisationFile } from '../../../inbox/find-organisation-file.ts'
import { decideAdmission } from '../../../people/decide-admission.ts'
import { findAudit } from '../../../people/find-audit.ts'
import { inviteAgain } from '../../../people/invite-organisation.ts'
import { may } from '../../../people/may.ts'
import { reinstateOrganisation, suspendOrganisation } from '../../../people/suspend-organisation.ts'
import { forbidden, notFound, requireMay } from '../../access.server.ts'
import { intentOf, word } from '../../forms.server.ts'
import { titleText, useText } from '../../language/use-text.ts'
import { Moment } from '../../ui/moment.tsx'
import { Banner } from '../../ui/notice-banner.tsx'
import { PageHeading, Panel } from '../../ui/page.tsx'
import { StandingBadge } from '../../ui/standing.tsx'
import { DecideForm, EndNetworkForm, InviteAgainForm } from './decide-form.tsx'
import { Known, Parts } from './file-parts.tsx'

export const meta: MetaFunction = ({ matches, params }) => [
  { title: `${titleText(matches)('organisations-name')} ${idOf(params.orgId)} · Noticeline` },
]

function idOf(id: string | undefined): string {
  return id && /^org_[0-9a-z]{26}$/.test(id) ? id : ''
}

export async function loader(args: LoaderFunctionArgs) {
  const actor = await requireMay(args, 'platform', 'organisations.read')
  const { ground } = args.context
  const orgId = args.params.orgId ?? ''
  const [found, happened] = await Promise.all([
    findOrganisationFile(ground, actor, orgId),
    findAudit(ground, actor, { of: orgId, limit: 10 }),
  ])
  if (found.result !== 'found') throw notFound()
  const facts = happened.result === 'found' ? happened.lines : []
  return {
    file: found.file,
    facts: facts.map(({ id, kind, at, personName }) => ({ id, kind, at, personName })),
    may: {
      decide: may(actor, 'organisations.decide'),
      attribute: may(actor, 'attribution.decide'),
      invite: may(actor, 'organisations.invite'),
    },
  }
}

export async function action(args: ActionFunctionArgs) {
  const actor = await requireMay(args, 'platform', 'organisations.decide')
  const { ground } = args.context
  const orgId = args.params.orgId ?? ''
  const form = await args.request.formData()
  const reason = word(form, 'reason')
  const intent = intentOf(form, ['admit', 'refuse', 'suspend', 'reinstate', 'invite', 'end-network'])
  const { result } = await act()
  switch (result) {
    case 'admitted':
    case 'refused':
    case 'suspended':
    case 'reinstated':
    case 'invited':
    case 'ended':
      return redirect(`/operator/organisations/${orgId}?decided=yes`, 303)
    case 'not-waiting':
    case 'already-joined':
      return data({ intent, said: 'admissions-not-waiting' as const }, { status: 409 })
    case 'terms-missing':
      return data({ intent, said: 'admissions-terms-missing' as const }, { status: 409 })
    case 'already-ended':
      return data({ intent, said: 'desk-network-over' as const }, { status: 409 })
    case 'own-desk':
      return data({ intent, said: 'desk-own' as const }, { status: 409 })
    case 'already-suspended':
      return data({ intent, said: 'desk-already-suspended' as const }, { status: 409 })
    case 'not-suspended':
      return data({ intent, said: 'desk-not-suspended' as const }, { status: 409 })
    case 'invalid-reason':
      return data({ intent, said: 'admissions-reason-invalid' as const }, { status: 422 })
    case 'invalid':
      return data({ intent, said: 'sign-in-email-invalid' as const }, { status: 422 })
    case 'unknown-organisation':
    case 'unknown-network':
      throw notFound()
    case 'forbidden':
      throw forbidden()
  }

  async function act() {
    switch (intent) {
      case 'admit':
      case 'refuse':
        return decideAdmission(ground, actor, { orgId, decision: intent, reason })
      case 'suspend':
        return suspendOrganisation(ground, actor, { orgId, reason })
      case 'reinstate':
        return reinstateOrganisation(ground, actor, { orgId, reason })
      case 'end-network': {
        const networkId = word(form, 'network')
        const found = await findOrganisationFile(ground, actor, orgId)
        // Its own: a form for one company ends nothing of another’s.
        const isOwn = found.result === 'found' && found.file.networks.some(({ id }) => id === networkId)
        return isOwn ? endNetwork(ground, actor, networkId, reason) : ({ result: 'unknown-network' } as const)
      }
      case 'invite':
        return inviteAgain(ground, actor, { orgId, email: word(form, 'email'), personName: word(form, 'personName') })
    }
  }
}

export default function OrganisationPage() {
  const text = useText()
  const { file, facts, may: allowed } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const [search] = useSearchParams()
  const waiting = file.standing === 'waiting'
  const said = answer ? { intent: answer.intent, message: text(answer.said) } : null
  return (
    <>
      <PageHeading
        title={file.name}
        lede={<StandingBadge standing={file.standing} />}
        back={{ to: '/operator/organisations', label: text('organisations-title') }}
      />
      <div className="stack">
        {search.get('decided') === 'yes' ? (
          <Banner tone="good" announce>
            <p>{text('admissions-done')}</p>
          </Banner>
        ) : null}
        <Known file={file} />
        {waiting && allowed.decide ? (
          <DecideForm
            title={text('organisation-decide')}
            id="decide"
            said={said}
            acts={[
              { intent: 'admit', label: text('admissions-admit'), lead: true },
              { intent: 'refuse', label: text('admissions-refuse') },
            ]}
          />
        ) : null}
        {file.standing === 'invited' && allowed.invite ? <InviteAgainForm said={said} /> : null}
        <Parts file={file} />
        {allowed.attribute && file.networks.some(({ endedAt }) => endedAt === null) ? (
          <EndNetworkForm networks={file.networks.filter(({ endedAt }) => endedAt === null)} said={said} />
        ) : null}
        <Panel title={text('organisation-facts')} id="facts">
          <ul className="grid gap-2">
            {facts.map((fact) => (
              <li key={fact.id}>
                <Moment at={String(fact.at)} short /> {text.code('fact', fact.kind)}
                {fact.personName ? <span className="text-soft"> · {fact.personName}</span> : null}
              </li>
            ))}
          </ul>
          <p className="mt-4">
            <Link className="button" to={`/operator/audit?of=${file.id}`}>
              {text('organisation-facts-all')}
            </Link>
          </p>
        </Panel>
        {allowed.decide && file.kind !== 'platform' ? (
          file.suspendedAt ? (
            <DecideForm
              title={text('organisation-reinstate')}
              text={text('organisation-reinstate-text')}
              id="reinstate"
              said={said}
              acts={[{ intent: 'reinstate', label: text('organisation-reinstate') }]}
            />
          ) : (
            <DecideForm
              title={text('organisation-suspend')}
              text={text('organisation-suspend-text')}
              id="suspend"
              said={said}
              acts={[{ intent: 'suspend', label: text('organisation-suspend'), alarm: true }]}
            />
          )
        ) : null}
      </div>
    </>
  )
}
