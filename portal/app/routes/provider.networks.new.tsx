import { type ActionFunctionArgs, data, type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/node'
import { Form, useActionData, useLoaderData } from '@remix-run/react'
import { claimNetwork, type NetworkClaimed } from '../../attribution/claim-network.ts'
import { type ClaimProof, claimProofs } from '../../attribution/claim-proof.ts'
import type { Claimed } from '../../attribution/network-claim.ts'
import { forbidden, requireMay } from '../access.server.ts'
import { type Complaint, complaintsOf, word } from '../forms.server.ts'
import { languageOf } from '../language/language.server.ts'
import { type Text, textIn } from '../language/text.ts'
import { titleText, useText } from '../language/use-text.ts'
import { Complaints, SelectField, TextField } from '../ui/field.tsx'
import { PageHeading } from '../ui/page.tsx'

export const meta: MetaFunction = ({ matches }) => [
  { title: `${titleText(matches)('network-new-title')} · Noticeline` },
]

const kinds = ['cidr', 'asn', 'domain'] as const

export async function loader(args: LoaderFunctionArgs) {
  await requireMay(args, 'provider', 'networks.write')
  // By the loader: what reads claims stays on the server.
  return { proofs: claimProofs }
}

export async function action(args: ActionFunctionArgs) {
  const actor = await requireMay(args, 'provider', 'networks.write')
  const { ground } = args.context
  const form = await args.request.formData()
  const typed = { kind: word(form, 'kind'), what: word(form, 'what'), proof: word(form, 'proof') }
  const by = claimProofs.find((one) => one === typed.proof) ?? ('' as ClaimProof)
  const claimed = await claimNetwork(ground, actor, { orgId: actor.orgId, what: readWhat(typed), by })
  if (claimed.result === 'claimed') return redirect(`/provider/networks/${claimed.claimId}?done=claimed`, 303)
  if (claimed.result === 'already-claimed' && claimed.claimId) {
    return redirect(`/provider/networks/${claimed.claimId}`, 303)
  }
  if (claimed.result === 'forbidden' || claimed.result === 'unknown-provider') throw forbidden()
  const status = claimed.result === 'lookup-failed' ? 503 : claimed.result === 'invalid' ? 422 : 409
  return data({ typed, complaints: complain(claimed, textIn(languageOf(args.request))) }, { status })
}

function readWhat({ kind, what }: { kind: string; what: string }): Claimed {
  if (kind === 'asn') return { asn: /^(?:as)?\d{1,10}$/i.test(what) ? Number(what.replace(/^as/i, '')) : Number.NaN }
  return kind === 'domain' ? { domain: what } : { cidr: what }
}

function complain(claimed: Exclude<NetworkClaimed, { result: 'claimed' }>, text: Text): Complaint[] {
  switch (claimed.result) {
    case 'invalid':
      return complaintsOf(claimed.errors, text, (pointer) =>
        pointer === '/proof'
          ? { field: 'proof', label: text('networks-proof') }
          : { field: 'what', label: text('networks-written') },
      )
    case 'lookup-failed':
      return [{ field: null, message: text('network-new-lookup-failed') }]
    case 'too-many':
      return [{ field: null, message: text('network-new-too-many') }]
    default:
      return [{ field: 'what', message: text('network-new-already') }]
  }
}

export default function NewNetwork() {
  const text = useText()
  const { proofs } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const complaints = answer?.complaints ?? []
  const about = (field: string) => complaints.find((complaint) => complaint.field === field)?.message
  return (
    <>
      <PageHeading
        title={text('network-new-title')}
        lede={text('network-new-lede')}
        back={{ to: '/provider/networks', label: text('networks-title') }}
      />
      <div className="stack">
        <Complaints complaints={complaints} />
        <Form method="post" className="panel form-grid" noValidate autoComplete="off">
          <SelectField
            name="kind"
            label={text('network-new-kind')}
            value={answer?.typed.kind}
            options={kinds.map((kind) => ({ value: kind, label: text.code('network-kind', kind) }))}
          />
          <TextField
            name="what"
            label={text('network-new-what')}
            hint={text('network-new-what-hint')}
            value={answer?.typed.what}
            complaint={about('what')}
            code
          />
          <SelectField
            name="proof"
            label={text('network-new-proof')}
            hint={text('network-new-proof-hint')}
            value={answer?.typed.proof}
            complaint={about('proof')}
            options={proofs.map((proof) => ({ value: proof, label: text.code('network-proof', proof) }))}
          />
          <div>
            <button className="button button-lead" type="submit">
              {text('network-new-save')}
            </button>
          </div>
        </Form>
      </div>
    </>
  )
}
