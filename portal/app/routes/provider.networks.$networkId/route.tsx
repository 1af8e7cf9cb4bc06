import { type ActionFunctionArgs, data, type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/node'
import { Form, useActionData, useLoaderData, useSearchParams } from '@remix-run/react'
import { delegateNetwork } from '../../../attribution/delegate-network.ts'
import { findNetwork } from '../../../attribution/find-networks.ts'
import { giveUpNetwork } from '../../../attribution/give-up-network.ts'
import { checkProof, typeProofCode } from '../../../attribution/prove-claim.ts'
import { may, type PersonActor } from '../../../people/may.ts'
import { forbidden, notFound, requireMay } from '../../access.server.ts'
import { type Complaint, complaintsOf, instant, intentOf, word } from '../../forms.server.ts'
import type { TextKey } from '../../language/catalogue.ts'
import { languageOf } from '../../language/language.server.ts'
import { textIn } from '../../language/text.ts'
import { titleText, useText } from '../../language/use-text.ts'
import { Moment } from '../../ui/moment.tsx'
import { NetworkState } from '../../ui/network-state.tsx'
import { Banner } from '../../ui/notice-banner.tsx'
import { PageHeading, Pairs, Panel } from '../../ui/page.tsx'
import { Table } from '../../ui/table.tsx'
import { DelegateForm } from './delegate-form.tsx'
import { NextStep } from './next-step.tsx'

export const meta: MetaFunction = ({ matches }) => [{ title: `${titleText(matches)('network-title')} · Noticeline` }]

export async function loader(args: LoaderFunctionArgs) {
  const actor = await requireMay(args, 'provider', 'networks.read')
  const found = await findNetwork(args.context.ground, actor, args.params['networkId'] ?? '')
  if (found.result === 'forbidden') throw forbidden()
  if (found.result !== 'found') throw notFound()
  return {
    network: found.network,
    mayWrite: may(actor, 'networks.write'),
    mayShare: may(actor, 'networks.share') && found.network.networkId !== null && found.network.endedAt === null,
  }
}

interface Answer {
  tone: 'good' | 'alarm'
  said: TextKey | null
  /** Of a look at the proof. */
  check: string | null
  complaints: Complaint[]
}

export async function action(args: ActionFunctionArgs) {
  const actor = await requireMay(args, 'provider', 'networks.write')
  const form = await args.request.formData()
  const id = args.params['networkId'] ?? ''
  switch (intentOf(form, ['check', 'code', 'give-up', 'delegate'])) {
    case 'check':
      return check(args, actor, id)
    case 'code':
      return typeCode(args, actor, id, word(form, 'code'))
    case 'give-up':
      return giveUp(args, actor, id)
    case 'delegate':
      return delegate(args, actor, id, form)
  }
}

function answered(tone: Answer['tone'], said: TextKey | null, status: number, more: Partial<Answer> = {}) {
  return data<Answer>({ tone, said, check: null, complaints: [], ...more }, { status })
}

async function check({ context }: ActionFunctionArgs, actor: PersonActor, id: string) {
  const looked = await checkProof(context.ground, actor, id)
  switch (looked.result) {
    case 'checked':
      return answered(looked.check === 'found' ? 'good' : 'alarm', null, 200, { check: looked.check })
    case 'too-soon':
      return answered('alarm', 'network-check-too-soon', 429)
    case 'not-checkable':
    case 'ended':
    case 'unknown-claim':
      throw notFound()
    case 'forbidden':
      throw forbidden()
  }
}

async function typeCode({ context }: ActionFunctionArgs, actor: PersonActor, id: string, code: string) {
  const { result } = await typeProofCode(context.ground, actor, id, code)
  switch (result) {
    case 'proven':
      return redirect(`/provider/networks/${id}?done=shown`, 303)
    case 'wrong-code':
      return answered('alarm', 'network-code-wrong', 422)
    case 'too-many-tries':
      return answered('alarm', 'network-code-too-many', 429)
    case 'used':
      return answered('alarm', 'network-code-used', 409)
    case 'expired':
      return answered('alarm', 'network-code-expired', 410)
    case 'unknown-claim':
      throw notFound()
    case 'forbidden':
      throw forbidden()
  }
}

async function giveUp({ context }: ActionFunctionArgs, actor: PersonActor, id: string) {
  const { result } = await giveUpNetwork(context.ground, actor, id)
  if (result === 'forbidden') throw forbidden()
  if (result === 'unknown-network') throw notFound()
  return redirect('/provider/networks?done=given-up', 303)
}

async function delegate({ context, request }: ActionFunctionArgs, actor: PersonActor, id: string, form: FormData) {
  const found = await findNetwork(context.ground, actor, id)
  if (found.result !== 'found') throw notFound()
  const ends = new Date(instant(word(form, 'ends_at')) ?? '')
  const delegated = await delegateNetwork(context.ground, actor, {
    networkId: found.network.networkId ?? '',
    toOrgId: word(form, 'to'),
    part: word(form, 'part'),
    sees: word(form, 'sees'),
    endsAt: Number.isNaN(ends.getTime()) ? null : ends,
  })
  switch (delegated.result) {
    case 'delegated':
      return redirect(`/provider/networks/${id}?done=delegated`, 303)
    case 'unknown-provider':
      return answered('alarm', 'delegate-unknown', 422)
    case 'invalid': {
      const text = textIn(languageOf(request))
      const labels: Record<string, TextKey> = {
        part: 'delegations-part',
        sees: 'delegations-sees',
        ends_at: 'delegations-ends',
      }
      const complaints = complaintsOf(delegated.errors, text, (pointer) => {
        const field = pointer.slice(1)
        const label = labels[field]
        return label ? { field, label: text(label) } : null
      })
      return answered('alarm', null, 422, { complaints })
    }
    case 'unknown-network':
      throw notFound()
    case 'forbidden':
      throw forbidden()
  }
}

const done: Record<string, TextKey> = { claimed: 'network-claimed', shown: 'network-next-time', delegated: 'delegated' }

export default function Network() {
  const text = useText()
  const { network, mayWrite, mayShare } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const [search] = useSearchParams()
  const happened = answer ? undefined : done[search.get('done') ?? '']
  const at = (moment: Date | null) => (moment ? <Moment at={moment.toISOString()} /> : null)
  return (
    <>
      <PageHeading
        title={<span className="id">{network.written}</span>}
        lede={text.code('network-kind', network.kind)}
        back={{ to: '/provider/networks', label: text('networks-title') }}
      />
      <div className="stack">
        {happened ? (
          <Banner tone="good" announce>
            <p>{text(happened)}</p>
          </Banner>
        ) : null}
        {answer && (answer.said || answer.check || answer.complaints.length > 0) ? (
          <Banner tone={answer.tone} announce>
            {answer.said ? <p>{text(answer.said)}</p> : null}
            {answer.check ? (
              <p>{text('network-checked', { result: text.code('network-check', answer.check) })}</p>
            ) : null}
            {answer.complaints.map(({ message }) => (
              <p key={message}>{message}</p>
            ))}
          </Banner>
        ) : null}
        <Panel title={text('network-next')} id="next">
          <div className="stack">
            <p>
              <NetworkState state={network.state} />
            </p>
            <NextStep network={network} mayWrite={mayWrite} />
          </div>
        </Panel>
        <Panel>
          <Pairs
            pairs={[
              [text('networks-proof'), text.code('network-proof', network.proof)],
              [text('networks-since'), at(network.claimedAt)],
              network.expiresAt !== null &&
                network.endedAt === null && [text('network-expires'), at(network.expiresAt)],
              network.provenAt !== null && [text('network-proven-at'), at(network.provenAt)],
              network.effectiveAt !== null && [text('network-effective'), at(network.effectiveAt)],
              network.checkedAt !== null && [text('network-checked-at'), at(network.checkedAt)],
              network.nextCheckAt !== null && [text('network-next-look'), at(network.nextCheckAt)],
              network.graceEndsAt !== null && [text('network-grace'), at(network.graceEndsAt)],
              network.holderName !== null && [text('network-holder'), network.holderName],
              network.decisionReason !== null && [text('network-decision'), network.decisionReason],
              network.registry !== null && [
                text('network-registry'),
                [network.registry.registry, network.registry.handle, network.registry.holder ?? network.registry.name]
                  .filter(Boolean)
                  .join(' · '),
              ],
              network.routing !== null && [
                text('network-routing'),
                `AS${network.routing.asn} · ${network.routing.name}`,
              ],
            ]}
          />
        </Panel>
        {mayShare ? <DelegateForm complaints={answer?.complaints ?? []} /> : null}
        <Panel title={text('network-history')} id="history">
          {network.checks.length === 0 ? (
            <p className="text-soft">{text('network-history-none')}</p>
          ) : (
            <Table
              caption={text('network-history')}
              rows={network.checks}
              rowKey={(one) => `${one.at.toISOString()}${one.result}`}
              columns={[
                { label: text('network-history-at'), cell: (one) => <Moment at={one.at.toISOString()} short /> },
                { label: text('network-history-result'), cell: (one) => text.code('network-check', one.result) },
                { label: text('network-history-detail'), cell: (one) => <span className="id">{one.detail}</span> },
              ]}
            />
          )}
        </Panel>
        {mayWrite && network.endedAt === null ? (
          <Form method="post" className="panel grid gap-3">
            <p className="hint">{text('network-give-up-hint')}</p>
            <div>
              <button className="button" type="submit" name="intent" value="give-up">
                {text('network-give-up')}
              </button>
            </div>
          </Form>
        ) : null}
      </div>
    </>
  )
}
