import { type ActionFunctionArgs, data, type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/node'
import { Form, Link, useActionData, useLoaderData, useSearchParams } from '@remix-run/react'
import type { ReactNode } from 'react'
import { findOwnNetworks, type OwnNetworks } from '../../attribution/find-own-networks.ts'
import { findJoining } from '../../inbox/find-joining.ts'
import { askAdmission } from '../../people/decide-admission.ts'
import { may } from '../../people/may.ts'
import { forbidden, requireMay } from '../access.server.ts'
import { intentOf, word } from '../forms.server.ts'
import { titleText, useText } from '../language/use-text.ts'
import { TextField } from '../ui/field.tsx'
import { Badge } from '../ui/headline.tsx'
import { Moment } from '../ui/moment.tsx'
import { Banner } from '../ui/notice-banner.tsx'
import { PageHeading } from '../ui/page.tsx'

export const meta: MetaFunction = ({ matches }) => [{ title: `${titleText(matches)('start-title')} · Noticeline` }]

export async function loader(args: LoaderFunctionArgs) {
  const actor = await requireMay(args, 'provider', 'company.read')
  const { ground } = args.context
  const found = await findJoining(ground, actor)
  if (found.result !== 'found') throw forbidden()
  const { joining } = found
  return {
    ...joining,
    admittedAt: joining.admittedAt?.toISOString() ?? null,
    lastDecision: joining.lastDecision && {
      reason: joining.lastDecision.reason,
      byHand: joining.lastDecision.personName !== null,
    },
    may: { claim: may(actor, 'networks.write'), ask: may(actor, 'company.write') },
  }
}

/** What was typed is an address of a network; it goes back to nobody but whoever typed it, and into no link. */
export async function action(args: ActionFunctionArgs) {
  const actor = await requireMay(args, 'provider', 'company.read')
  const { ground } = args.context
  const form = await args.request.formData()
  if (intentOf(form, ['ask', 'network']) === 'ask') {
    const asked = await askAdmission(ground, actor)
    if (asked.result === 'forbidden') throw forbidden()
    return redirect('/provider/joining?asked=yes', 303)
  }
  const typed = word(form, 'network')
  const found = await findOwnNetworks(ground, actor, typed)
  if (found.result === 'forbidden') throw forbidden()
  const refused = found.result === 'invalid' ? 422 : found.result === 'lookup-failed' ? 503 : 200
  return data({ found, typed: found.result === 'found' ? '' : typed }, { status: refused })
}

export default function GettingStarted() {
  const text = useText()
  const joining = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const [search] = useSearchParams()
  const { steps } = joining
  return (
    <>
      <PageHeading title={text('start-title')} lede={text('start-lede')} />
      <div className="stack">
        {search.get('asked') === 'yes' ? (
          <Banner tone="good" announce>
            <p>{text('start-admission-asked')}</p>
          </Banner>
        ) : null}
        <ol className="stack">
          <Step done={steps.mailbox.done} title={text('start-mailbox')} why={text('start-mailbox-why')} needed />
          <Step
            done={steps.network.done}
            title={text('start-network')}
            why={text('start-network-why')}
            state={text('start-network-count', { count: steps.network.count })}
            needed
          >
            {joining.may.claim ? <NetworkForm found={answer?.found ?? null} typed={answer?.typed ?? ''} /> : null}
          </Step>
          <Admission {...joining} />
          <Step done={steps.company.done} title={text('start-company')} why={text('start-company-why')}>
            <More to="/provider/company" label={text('start-company-open')} />
          </Step>
          <Step
            done={steps.people.done}
            title={text('start-people')}
            why={text('start-people-why')}
            state={text('start-people-count', { count: steps.people.count })}
          >
            <More to="/provider/people" label={text('start-people-open')} />
          </Step>
          <Step
            done={steps.contacts.done}
            title={text('start-contacts')}
            why={text('start-contacts-why')}
            state={text('start-contacts-count', { count: steps.contacts.count })}
          >
            <More to="/provider/contacts" label={text('start-contacts-open')} />
          </Step>
          <Step
            done={steps.channel.done}
            title={text('start-channel')}
            why={text('start-channel-why')}
            state={text(`start-channel-${steps.channel.by}`)}
          >
            <More to="/provider/endpoints" label={text('start-channel-open')} />
          </Step>
          <Step done={steps.rehearsal.done} title={text('start-rehearsal')} why={text('start-rehearsal-why')}>
            <More to="/provider/endpoints" label={text('start-rehearsal-open')} />
          </Step>
        </ol>
      </div>
    </>
  )
}

function Step({
  done,
  title,
  why,
  state,
  needed = false,
  children,
}: {
  done: boolean
  title: string
  why: string
  state?: string
  needed?: boolean
  children?: ReactNode
}) {
  const text = useText()
  return (
    <li className="panel grid gap-3">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 className="text-xl">{title}</h2>
        <Badge tone={done ? 'good' : needed ? 'wait' : 'mute'} icon={done ? 'check' : needed ? 'hand' : 'dot'}>
          {text(done ? 'start-done' : needed ? 'start-left' : 'start-wanted')}
        </Badge>
      </div>
      <p className="text-soft">
        {why}
        {state ? ` (${state})` : ''}
      </p>
      {children}
    </li>
  )
}

function More({ to, label }: { to: string; label: string }) {
  return (
    <p>
      <Link className="button" to={to}>
        {label}
      </Link>
    </p>
  )
}

function NetworkForm({ found, typed }: { found: Exclude<OwnNetworks, { result: 'forbidden' }> | null; typed: string }) {
  const text = useText()
  const complaints = { invalid: 'invalid', none: 'none', 'lookup-failed': 'failed', 'other-mailbox': 'other' } as const
  return (
    <Form method="post" className="form-grid" autoComplete="off">
      {found?.result === 'found' ? (
        <Banner tone="good" announce>
          <p>
            {text('start-network-found', { count: found.claimed })}
            {found.waiting > 0 ? ` ${text('start-network-waits')}` : ''}{' '}
            <Link to="/provider/networks">{text('start-networks-page')}</Link>
          </p>
        </Banner>
      ) : null}
      <TextField
        name="network"
        label={text('start-network-field')}
        hint={text('start-network-hint')}
        value={typed}
        complaint={found && found.result !== 'found' ? text(`start-network-${complaints[found.result]}`) : undefined}
        code
      />
      <div>
        <button className="button" type="submit" name="intent" value="network">
          {text('start-network-find')}
        </button>
      </div>
    </Form>
  )
}

type Found = ReturnType<typeof useLoaderData<typeof loader>>

function Admission({ standing, admittedAt, daysLeft, lastDecision, may }: Found) {
  const text = useText()
  const admitted = standing === 'admitted'
  const refused = standing === 'refused'
  return (
    <li className="panel grid gap-3">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 className="text-xl">{text('start-admission')}</h2>
        <Badge
          tone={admitted ? 'good' : refused ? 'alarm' : 'wait'}
          icon={admitted ? 'check' : refused ? 'stop' : 'clock'}
        >
          {text.code('standing', standing)}
        </Badge>
      </div>
      {admitted ? (
        <p>
          {text('start-admission-admitted')} {admittedAt ? <Moment at={admittedAt} /> : null}
        </p>
      ) : (
        <p>{text(refused ? 'start-admission-refused' : 'start-admission-waiting')}</p>
      )}
      {daysLeft === null ? null : <p>{text('start-admission-auto', { days: daysLeft })}</p>}
      {lastDecision?.byHand ? (
        <p>
          {text('start-admission-reason')}: {lastDecision.reason}
        </p>
      ) : null}
      {refused && may.ask ? (
        <Form method="post">
          <button className="button" type="submit" name="intent" value="ask">
            {text('start-admission-again')}
          </button>
        </Form>
      ) : null}
    </li>
  )
}
