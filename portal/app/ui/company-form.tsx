import { Form } from '@remix-run/react'
import type { Complaint } from '../forms.server.ts'
import { useText } from '../language/use-text.ts'
import { Complaints, SelectField, TextField } from './field.tsx'
import { Moment } from './moment.tsx'
import { Banner } from './notice-banner.tsx'
import { Pairs, Panel } from './page.tsx'
import { TermsText } from './terms-text.tsx'

export const companyFields = ['name', 'legalName', 'registry', 'registryNumber', 'country', 'locale', 'phone'] as const
export type CompanyField = (typeof companyFields)[number]

export const companyLabels = {
  name: 'company-name',
  legalName: 'company-legal-name',
  registry: 'company-registry',
  registryNumber: 'company-registry-number',
  country: 'company-country',
  locale: 'company-locale',
  phone: 'company-phone',
} as const

/** What an organisation says of itself. Who may not change it reads it. */
export function CompanyForm({
  values,
  writable,
  complaints,
}: {
  values: Partial<Record<CompanyField, string>>
  writable: boolean
  complaints: readonly Complaint[]
}) {
  const text = useText()
  const about = (field: CompanyField) => complaints.find((complaint) => complaint.field === field)?.message
  const field = (name: CompanyField) => ({
    name,
    label: text(companyLabels[name]),
    value: values[name],
    complaint: about(name),
  })
  if (!writable) {
    return (
      <Panel title={text('company-data')} id="data">
        <Pairs pairs={companyFields.map((name) => [text(companyLabels[name]), values[name] || '–'] as const)} />
      </Panel>
    )
  }
  return (
    <Panel title={text('company-data')} id="data">
      <Form method="post" className="form-grid" noValidate autoComplete="off">
        <Complaints complaints={complaints} />
        <TextField {...field('name')} />
        <TextField {...field('legalName')} hint={text('company-legal-name-hint')} optional />
        <div className="form-grid form-grid-2">
          <TextField {...field('registry')} hint={text('company-registry-hint')} optional />
          <TextField {...field('registryNumber')} optional code />
          <TextField {...field('country')} hint={text('join-country-hint')} code />
          <TextField {...field('phone')} hint={text('company-phone-hint')} optional />
        </div>
        <SelectField
          {...field('locale')}
          options={[
            { value: 'en', label: text('language-en') },
            { value: 'nl', label: text('language-nl') },
          ]}
        />
        <div>
          <button className="button button-lead" type="submit" name="intent" value="save">
            {text('company-save')}
          </button>
        </div>
      </Form>
    </Panel>
  )
}

/** Which text was accepted, when and by whom; and the text of today, where it is to be accepted again. */
export function TermsPanel({
  terms,
  organisation,
  mayAccept,
}: {
  terms: {
    of: 'provider' | 'notifier'
    version: string
    acceptedNow: boolean
    history: readonly { version: string; acceptedAt: string; personName: string }[]
  }
  organisation: string
  mayAccept: boolean
}) {
  const text = useText()
  return (
    <Panel title={text('company-terms')} id="terms">
      <div className="stack">
        {terms.acceptedNow ? null : (
          <Banner tone="wait">
            <p>{text(terms.history.length > 0 ? 'company-terms-missing' : 'company-terms-never')}</p>
          </Banner>
        )}
        {terms.history.length > 0 ? (
          <ul className="grid gap-2">
            {terms.history.map((line) => (
              <li key={line.version}>
                {text('joining-version', { version: line.version })}: {text('company-terms-accepted')}{' '}
                <Moment at={line.acceptedAt} /> {text('company-consent-by', { person: line.personName })}
              </li>
            ))}
          </ul>
        ) : null}
        <details open={!terms.acceptedNow}>
          <summary>{text('company-terms-open')}</summary>
          <div className="mt-3">
            <TermsText of={terms.of} version={terms.version} />
          </div>
        </details>
        {!terms.acceptedNow && mayAccept ? (
          <Form method="post">
            <input type="hidden" name="terms" value={terms.version} />
            <button className="button button-lead" type="submit" name="intent" value="terms">
              {text('company-terms-accept', { organisation })}
            </button>
          </Form>
        ) : null}
      </div>
    </Panel>
  )
}
