import { type ActionFunctionArgs, data, type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/node'
import { Form, useActionData, useLoaderData, useSearchParams } from '@remix-run/react'
import { decideClaim } from '../../attribution/decide-claim.ts'
import { findClaimsForDesk } from '../../attribution/find-networks.ts'
import { forbidden, notFound, requireMay } from '../access.server.ts'
import { intentOf, word } from '../forms.server.ts'
import { titleText, useText } from '../language/use-text.ts'
import { TextField } from '../ui/field.tsx'
import { Moment } from '../ui/moment.tsx'
import { NetworkState } from '../ui/network-state.tsx'
import { Banner } from '../ui/notice-banner.tsx'
import { Empty, Id, PageHeading, Pairs } from '../ui/page.tsx'

export const meta: MetaFunction = ({ matches }) => [
  { title: `${titleText(matches)('desk-networks-title')} · Noticeline` },
]

export async function loader(args: LoaderFunctionArgs) {
  const actor = await requireMay(args, 'platform', 'attribution.decide')
  const found = await findClaimsForDesk(args.context.ground, actor)
  if (found.result !== 'found') throw forbidden()
  return { claims: found.claims }
}

export async function action(args: ActionFunctionArgs) {
  const actor = await requireMay(args, 'platform', 'attribution.decide')
  const form = await args.request.formData()
  const claimId = word(form, 'claim')
  const decision = intentOf(form, ['accepted', 'refused'])
  const { result } = await decideClaim(args.context.ground, actor, claimId, decision, word(form, 'reason'))
  switch (result) {
    case 'accepted':
    case 'refused':
      return redirect('/operator/networks?decided=yes', 303)
    case 'invalid-reason':
      return data({ claimId, said: 'desk-networks-reason-invalid' as const }, { status: 422 })
    case 'not-waiting':
    case 'needs-consent':
      return data({ claimId, said: 'desk-networks-not-waiting' as const }, { status: 409 })
    case 'unknown-claim':
      throw notFound()
    case 'forbidden':
      throw forbidden()
  }
}

type Claim = ReturnType<typeof useLoaderData<typeof loader>>['claims'][number]

export default function DeskNetworks() {
  const text = useText()
  const { claims } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const [search] = useSearchParams()
  return (
    <>
      <PageHeading title={text('desk-networks-title')} lede={text('desk-networks-lede')} />
      <div className="stack">
        {search.get('decided') === 'yes' ? (
          <Banner tone="good" announce>
            <p>{text('desk-networks-decided')}</p>
          </Banner>
        ) : null}
        {claims.length === 0 ? (
          <Empty title={text('desk-networks-none')}>{text('desk-networks-none-hint')}</Empty>
        ) : (
          <ul className="stack">
            {claims.map((claim) => (
              <li className="panel stack" key={claim.id} data-claim={claim.id}>
                <div className="flex flex-wrap items-center justify-between gap-3">
                  <h2>
                    <Id>{claim.written}</Id>
                  </h2>
                  <NetworkState state={claim.state} />
                </div>
                <p>{text('consents-text', { company: claim.orgName, network: claim.written })}</p>
                {claim.kind === 'domain' ? null : <Sources claim={claim} />}
                <div>
                  <h3>{text('desk-networks-against')}</h3>
                  <ul className="list">
                    {claim.contradictions.map((code) => (
                      <li key={code}>{text.code('contradiction', code)}</li>
                    ))}
                    {claim.contradictions.length === 0 && claim.state !== 'waiting_consent' ? (
                      <li>{text('desk-networks-nothing')}</li>
                    ) : null}
                    {claim.state === 'waiting_consent' ? (
                      <li>{text('desk-networks-consent', { holder: claim.holderName ?? '–' })}</li>
                    ) : null}
                  </ul>
                </div>
                <Decision claim={claim} complaint={answer?.claimId === claim.id ? text(answer.said) : undefined} />
              </li>
            ))}
          </ul>
        )}
      </div>
    </>
  )
}

/** What the registry and the routing table said, side by side. */
function Sources({ claim }: { claim: Claim }) {
  const text = useText()
  const { registry, routing } = claim
  return (
    <div className="form-grid form-grid-2">
      <section>
        <h3>{text('network-registry')}</h3>
        {registry ? (
          <Pairs
            pairs={[
              [registry.registry, registry.handle],
              [text('networks-written'), registry.holder ?? registry.name ?? '–'],
              [text('network-mailbox'), registry.mailbox ?? '–'],
              [text('networks-proof'), text.code('network-proof', claim.proof)],
              [
                text('network-proven-at'),
                <Moment key="proven" at={(claim.provenAt ?? claim.claimedAt).toISOString()} />,
              ],
            ]}
          />
        ) : (
          <p className="text-soft">{text('network-registry-none')}</p>
        )}
      </section>
      <section>
        <h3>{text('network-routing')}</h3>
        {routing ? (
          <Pairs
            pairs={[
              [`AS${routing.asn}`, routing.name],
              [text('network-mailbox'), routing.mailbox ?? '–'],
            ]}
          />
        ) : (
          <p className="text-soft">{text('network-routing-none')}</p>
        )}
      </section>
    </div>
  )
}

function Decision({ claim, complaint }: { claim: Claim; complaint: string | undefined }) {
  const text = useText()
  return (
    <Form method="post" className="form-grid" autoComplete="off">
      <input type="hidden" name="claim" value={claim.id} />
      <TextField
        id={`reason-${claim.id}`}
        name="reason"
        label={text('desk-networks-reason')}
        hint={text('desk-networks-reason-hint')}
        complaint={complaint}
      />
      <div className="flex flex-wrap gap-2">
        <button className="button" type="submit" name="intent" value="refused">
          {text('desk-networks-refuse')}
        </button>
        {claim.state === 'waiting_consent' ? null : (
          <button className="button" type="submit" name="intent" value="accepted">
            {text('desk-networks-accept')}
          </button>
        )}
      </div>
    </Form>
  )
}
