import { type ActionFunctionArgs, data, type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/node'
import { Form, Link, useActionData, useLoaderData, useSearchParams } from '@remix-run/react'
import { answerConsent, revokeConsent } from '../../attribution/answer-consent.ts'
import { endDelegation } from '../../attribution/delegate-network.ts'
import { findDelegations } from '../../attribution/find-delegations.ts'
import { findConsents, findNetworks } from '../../attribution/find-networks.ts'
import { may } from '../../people/may.ts'
import { forbidden, notFound, requireMay } from '../access.server.ts'
import { intentOf, word } from '../forms.server.ts'
import { titleText, useText } from '../language/use-text.ts'
import { Moment } from '../ui/moment.tsx'
import { NetworkState } from '../ui/network-state.tsx'
import { Banner } from '../ui/notice-banner.tsx'
import { Empty, PageHeading, Panel } from '../ui/page.tsx'
import { Table } from '../ui/table.tsx'

export const meta: MetaFunction = ({ matches }) => [{ title: `${titleText(matches)('networks-title')} · Noticeline` }]

export async function loader(args: LoaderFunctionArgs) {
  const actor = await requireMay(args, 'provider', 'networks.read')
  const { ground } = args.context
  const [networks, consents, delegations] = await Promise.all([
    findNetworks(ground, actor),
    findConsents(ground, actor),
    findDelegations(ground, actor),
  ])
  if (networks.result !== 'found' || consents.result !== 'found' || delegations.result !== 'found') throw forbidden()
  return {
    networks: networks.networks,
    consents: consents.claims,
    given: delegations.given,
    taken: delegations.taken,
    mayWrite: may(actor, 'networks.write'),
    mayShare: may(actor, 'networks.share'),
  }
}

const done = ['agreed', 'refused', 'revoked', 'delegation-ended', 'given-up'] as const

export async function action(args: ActionFunctionArgs) {
  const actor = await requireMay(args, 'provider', 'networks.share')
  const { ground } = args.context
  const form = await args.request.formData()
  const id = word(form, 'id')
  const intent = intentOf(form, ['agree', 'refuse', 'revoke', 'end-delegation'])
  const { result } = await act()
  function act() {
    if (intent === 'revoke') return revokeConsent(ground, actor, id)
    if (intent === 'end-delegation') return endDelegation(ground, actor, id)
    return answerConsent(ground, actor, id, intent)
  }
  switch (result) {
    case 'agreed':
    case 'refused':
    case 'revoked':
      return redirect(`/provider/networks?done=${result}`, 303)
    case 'ended':
      return redirect('/provider/networks?done=delegation-ended', 303)
    case 'already-answered':
      return data({ said: 'network-code-used' as const }, { status: 409 })
    case 'unknown-claim':
    case 'unknown-delegation':
      throw notFound()
    case 'forbidden':
      throw forbidden()
  }
}

const words = {
  agreed: 'consents-agreed',
  refused: 'consents-refused',
  revoked: 'consents-revoked',
  'delegation-ended': 'delegate-revoked',
  'given-up': 'network-given-up',
} as const

export default function Networks() {
  const text = useText()
  const { networks, consents, given, taken, mayWrite, mayShare } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const [search] = useSearchParams()
  const happened = done.find((one) => one === search.get('done'))
  return (
    <>
      <PageHeading title={text('networks-title')} lede={text('networks-lede')}>
        {mayWrite ? (
          <Link className="button button-lead" to="/provider/networks/new">
            {text('networks-claim')}
          </Link>
        ) : null}
      </PageHeading>
      <div className="stack">
        {happened ? (
          <Banner tone="good" announce>
            <p>{text(words[happened])}</p>
          </Banner>
        ) : null}
        {answer ? (
          <Banner tone="alarm" announce>
            <p>{text(answer.said)}</p>
          </Banner>
        ) : null}
        {consents.length > 0 ? (
          <section className="stack" aria-labelledby="consents">
            <h2 id="consents">{text('consents-title')}</h2>
            <p className="text-soft">{text('consents-lede')}</p>
            <ul className="stack">
              {consents.map((claim) => (
                <li className="panel grid gap-3" key={claim.id} data-consent={claim.id}>
                  <p className="font-semibold">
                    {text('consents-text', { company: claim.orgName, network: claim.written })}
                  </p>
                  <p className="text-soft">
                    {claim.networkId ? `${text('consents-standing')} · ` : ''}
                    <Moment at={claim.claimedAt.toISOString()} />
                  </p>
                  {mayShare ? <ConsentForm claimId={claim.id} isGiven={claim.networkId !== null} /> : null}
                </li>
              ))}
            </ul>
          </section>
        ) : null}
        {networks.length === 0 ? (
          <Empty title={text('networks-none')}>{text('networks-none-hint')}</Empty>
        ) : (
          <Panel>
            <Table
              caption={text('networks-caption')}
              rows={networks}
              rowKey={(network) => network.id}
              columns={[
                {
                  label: text('networks-written'),
                  cell: (network) => (
                    <Link className="row-link" to={`/provider/networks/${network.id}`}>
                      <span className="id">{network.written}</span>
                    </Link>
                  ),
                },
                { label: text('networks-state'), cell: (network) => <NetworkState state={network.state} /> },
                { label: text('networks-proof'), cell: (network) => text.code('network-proof', network.proof) },
                {
                  label: text('networks-since'),
                  cell: (network) => <Moment at={network.claimedAt.toISOString()} short />,
                },
              ]}
            />
            <p className="hint mt-3">{text('networks-role')}</p>
          </Panel>
        )}
        <Panel title={text('delegations-title')} id="delegations">
          <p className="text-soft">{text('delegations-lede')}</p>
          {given.length === 0 ? (
            <p className="mt-3">{text('delegations-none')}</p>
          ) : (
            <Delegations caption={text('delegations-title')} rows={given} other="toOrgName" mayEnd={mayShare} />
          )}
        </Panel>
        {taken.length > 0 ? (
          <Panel title={text('delegations-taken')} id="taken">
            <Delegations caption={text('delegations-taken')} rows={taken} other="orgName" mayEnd={false} />
            <p className="mt-4">
              <Link className="button" to="/provider/delegated">
                {text('delegated-see')}
              </Link>
            </p>
          </Panel>
        ) : null}
      </div>
    </>
  )
}

function ConsentForm({ claimId, isGiven }: { claimId: string; isGiven: boolean }) {
  const text = useText()
  return (
    <Form method="post" className="flex flex-wrap gap-2">
      <input type="hidden" name="id" value={claimId} />
      {isGiven ? (
        <button className="button" type="submit" name="intent" value="revoke">
          {text('consents-revoke')}
        </button>
      ) : (
        <>
          <button className="button" type="submit" name="intent" value="refuse">
            {text('consents-refuse')}
          </button>
          <button className="button" type="submit" name="intent" value="agree">
            {text('consents-agree')}
          </button>
        </>
      )}
    </Form>
  )
}

type Row = ReturnType<typeof useLoaderData<typeof loader>>['given'][number]

function Delegations({
  caption,
  rows,
  other,
  mayEnd,
}: {
  caption: string
  rows: readonly Row[]
  other: 'orgName' | 'toOrgName'
  mayEnd: boolean
}) {
  const text = useText()
  return (
    <Table
      caption={caption}
      rows={rows}
      rowKey={(row) => row.id}
      columns={[
        { label: text('delegations-part'), cell: (row) => <span className="id">{row.part}</span> },
        { label: text(other === 'toOrgName' ? 'delegations-to' : 'delegations-from'), cell: (row) => row[other] },
        { label: text('delegations-sees'), cell: (row) => text.code('delegation-sees', row.sees) },
        { label: text('delegations-ends'), cell: (row) => <Moment at={row.endsAt.toISOString()} short /> },
        {
          label: text('networks-state'),
          cell: (row) =>
            mayEnd && row.state === 'in_force' ? (
              <Form method="post">
                <input type="hidden" name="id" value={row.id} />
                <button className="button" type="submit" name="intent" value="end-delegation">
                  {text('delegate-revoke')}
                </button>
              </Form>
            ) : (
              text.code('delegation-state', row.state)
            ),
        },
      ]}
    />
  )
}
