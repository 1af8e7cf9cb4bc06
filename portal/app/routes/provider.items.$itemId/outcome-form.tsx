import { Form, Link } from '@remix-run/react'
import type { Complaint } from '../../forms.server.ts'
import type { TextKey } from '../../language/catalogue.ts'
import { useText } from '../../language/use-text.ts'
import { CheckField, Complaints, SelectField, TextArea, TextField } from '../../ui/field.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Id, Panel } from '../../ui/page.tsx'
import type { Draft } from './read-outcome-form.server.ts'

interface Choices {
  outcome: string | null
  outcomes: readonly string[]
  reasons: readonly string[]
  appliedScopes: readonly string[]
  beside: readonly string[]
}

const groups: readonly { title: TextKey; outcomes: readonly string[] }[] = [
  { title: 'report-group-gone', outcomes: ['content_removed', 'access_disabled', 'already_unavailable'] },
  { title: 'report-group-elsewhere', outcomes: ['not_hosted_here', 'forwarded', 'duplicate'] },
  { title: 'report-group-not', outcomes: ['cannot_execute', 'refused'] },
]
const restoring = { title: 'report-group-back', outcomes: ['reinstated'] } as const

function about(complaints: readonly Complaint[], field: string): string | undefined {
  return complaints.find((complaint) => complaint.field === field)?.message
}

/** The receipt of somebody without a program: opening a page is none, typing the number is. */
export function ReceiptForm({ noticeId, complaints }: { noticeId: string; complaints: readonly Complaint[] }) {
  const text = useText()
  return (
    <Panel title={text('receive-title')} id="receive">
      <Form method="post" className="form-grid" autoComplete="off">
        <p>{text('receive-hint')}</p>
        <p>
          <Id>{noticeId}</Id>
        </p>
        <TextField
          name="received_number"
          label={text('number-label')}
          complaint={about(complaints, 'received_number')}
          code
        />
        <div>
          <button className="button" type="submit" name="intent" value="receive">
            <Icon name="inbox" />
            {text('receive-now')}
          </button>
        </div>
      </Form>
    </Panel>
  )
}

/** First what happened, then only what that outcome needs. The choice is a link, so it works without scripts. */
export function OutcomeForm({
  noticeId,
  withdrawn,
  choices,
  draft,
  complaints,
}: {
  noticeId: string
  withdrawn: boolean
  choices: Choices
  draft: Draft
  complaints: readonly Complaint[]
}) {
  const text = useText()
  const { outcome } = choices
  if (!outcome) {
    return (
      <Panel title={text('report-title')} id="report">
        <p className="mb-4 text-soft">{text('report-lede')}</p>
        <div className="grid gap-5">
          {(withdrawn ? [restoring, ...groups] : groups).map((group) => (
            <div key={group.title}>
              <h3 className="mb-2">{text(group.title)}</h3>
              <ul className="grid gap-2 sm:grid-cols-2">
                {group.outcomes.map((code) => (
                  <li key={code}>
                    <Link className="option" to={`?outcome=${code}#report`} preventScrollReset>
                      <span className="font-semibold">{text.code('outcome', code)}</span>
                      <span className="text-sm text-soft">{text.code('outcome-hint', code)}</span>
                    </Link>
                  </li>
                ))}
              </ul>
            </div>
          ))}
        </div>
      </Panel>
    )
  }
  return (
    <Panel title={text('report-of-title', { outcome: text.code('outcome', outcome) })} id="report">
      <Form method="post" className="form-grid" noValidate autoComplete="off" key={outcome}>
        <Complaints complaints={complaints.filter((complaint) => complaint.field !== 'received_number')} />
        <p className="text-soft">
          {text.code('outcome-hint', outcome)}{' '}
          <Link to="?#report" preventScrollReset>
            {text('report-other')}
          </Link>
        </p>
        <input type="hidden" name="outcome" value={outcome} />
        <Needed outcome={outcome} choices={choices} draft={draft} complaints={complaints} />
        <TextField
          name="at"
          label={text('report-at')}
          hint={text('report-at-hint')}
          type="datetime-local"
          value={draft.at}
          complaint={about(complaints, 'at')}
          optional
        />
        {isRemoval(outcome) ? <Beside choices={choices} draft={draft} complaints={complaints} /> : null}
        <TextArea
          name="note"
          label={text('report-note')}
          hint={text('report-note-hint')}
          value={draft.note}
          complaint={about(complaints, 'note')}
          optional
        />
        <div className="border-l-4 border-lead pl-4">
          <TextField
            name="number"
            label={text('number-label')}
            hint={text('number-hint', { number: noticeId })}
            value={draft.number}
            complaint={about(complaints, 'number')}
            code
          />
        </div>
        <div>
          <button className="button button-lead" type="submit" name="intent" value="report">
            <Icon name="send" />
            {text('report-now')}
          </button>
        </div>
      </Form>
    </Panel>
  )
}

function isRemoval(outcome: string): boolean {
  return outcome === 'content_removed' || outcome === 'access_disabled'
}

interface PartProps {
  choices: Choices
  draft: Draft
  complaints: readonly Complaint[]
}

/** The one member this outcome cannot do without. */
function Needed({ outcome, choices, draft, complaints }: PartProps & { outcome: string }) {
  const text = useText()
  switch (outcome) {
    case 'already_unavailable':
      return (
        <TextField
          name="since"
          label={text('report-since')}
          hint={text('report-since-hint')}
          type="datetime-local"
          value={draft.since}
          complaint={about(complaints, 'since')}
        />
      )
    case 'access_disabled':
      return (
        <>
          <SelectField
            name="territory"
            label={text('report-territory')}
            value={draft.territory || 'worldwide'}
            complaint={about(complaints, 'territory')}
            options={(['worldwide', 'eu', 'countries'] as const).map((place) => ({
              value: place,
              label: text(`territory.${place}`),
            }))}
          />
          <TextField
            name="countries"
            label={text('report-countries')}
            hint={text('report-countries-hint')}
            value={draft.countries}
            optional
            code
          />
        </>
      )
    case 'not_hosted_here':
    case 'cannot_execute':
    case 'refused':
      return (
        <SelectField
          name="reason"
          label={text('report-reason')}
          value={draft.reason}
          complaint={about(complaints, 'reason')}
          options={[
            { value: '', label: text('report-choose') },
            ...choices.reasons.map((reason) => ({ value: reason, label: text.code('reason', reason) })),
          ]}
        />
      )
    case 'forwarded':
      return (
        <TextField
          name="downstream"
          label={text('report-downstream')}
          hint={text('report-downstream-hint')}
          value={draft.downstream}
          complaint={about(complaints, 'downstream')}
        />
      )
    case 'duplicate':
      return (
        <TextField
          name="of"
          label={text('report-of')}
          hint={text('report-of-hint')}
          value={draft.of}
          complaint={about(complaints, 'of')}
          code
        />
      )
    default:
      return null
  }
}

/** What may be said beside a removal; what is left out reads as unknown. */
function Beside({ choices, draft, complaints }: PartProps) {
  const text = useText()
  return (
    <>
      <div className="form-grid form-grid-2">
        <SelectField
          name="scope_applied"
          label={text('report-scope')}
          value={draft.scope_applied}
          complaint={about(complaints, 'scope_applied')}
          optional
          options={[
            { value: '', label: text('report-unsaid') },
            ...choices.appliedScopes.map((scope) => ({ value: scope, label: text.code('scope', scope) })),
          ]}
        />
        <SelectField
          name="police_informed"
          label={text('report-police')}
          value={draft.police_informed}
          complaint={about(complaints, 'police_informed')}
          optional
          options={[
            { value: '', label: text('report-unsaid') },
            { value: 'yes', label: text('report-yes') },
            { value: 'no', label: text('report-no') },
          ]}
        />
      </div>
      <fieldset>
        <legend>{text('report-also')}</legend>
        {choices.beside.map((code) => (
          <CheckField
            key={code}
            name="also"
            value={code}
            label={text.code('outcome', code)}
            checked={draft.also === code}
          />
        ))}
      </fieldset>
      <TextField
        name="collateral"
        label={text('report-collateral')}
        hint={text('report-collateral-hint')}
        value={draft.collateral}
        complaint={about(complaints, 'collateral')}
        optional
      />
    </>
  )
}
