import { Form, useNavigation } from '@remix-run/react'
import type { Complaint } from '../../forms.server.ts'
import { useText } from '../../language/use-text.ts'
import { CheckField, Complaints, SelectField, TextArea, TextField } from '../../ui/field.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Panel } from '../../ui/page.tsx'
import type { NoticeDraft } from './read-notice-form.server.ts'

interface Choices {
  regimes: readonly string[]
  categories: readonly string[]
  legalClasses: readonly string[]
  scopes: readonly string[]
}

const times = ['PT1H', 'PT4H', 'PT12H', 'PT24H', 'P3D', 'P7D'] as const

export function NoticeForm({
  choices,
  draft,
  complaints,
}: {
  choices: Choices
  draft: NoticeDraft
  complaints: readonly Complaint[]
}) {
  const text = useText()
  const busy = useNavigation().state === 'submitting'
  const about = (field: string) => complaints.find((complaint) => complaint.field === field)?.message
  const field = (name: keyof NoticeDraft['values']) => ({
    name,
    value: draft.values[name],
    complaint: about(name),
  })
  const options = (list: string, codes: readonly string[]) =>
    codes.map((code) => ({ value: code, label: text.code(list, code) }))
  return (
    <Form method="post" className="stack" noValidate autoComplete="off">
      <Complaints complaints={complaints} />
      {/* The first button of a form is the one that Enter presses: it sends, and takes no row away. */}
      <button type="submit" name="intent" value="submit" className="sr-only" tabIndex={-1} aria-hidden="true" />
      <input type="hidden" name="rows" value={draft.items.map((item) => item.row).join(',')} />

      <Panel title={text('new-what')} id="what">
        <div className="form-grid form-grid-2">
          <SelectField
            {...field('regime')}
            label={text('column-regime')}
            options={options('regime', choices.regimes)}
          />
          <SelectField
            {...field('category')}
            label={text('new-category')}
            options={options('category', choices.categories)}
          />
          <SelectField
            {...field('legal_class')}
            label={text('new-legal-class')}
            hint={text('new-legal-class-hint')}
            options={[{ value: '', label: text('new-none') }, ...options('legal-class', choices.legalClasses)]}
          />
          <SelectField
            {...field('within')}
            label={text('new-within')}
            hint={text('new-within-hint')}
            options={[
              { value: '', label: text('new-within-norm') },
              ...times.map((time) => ({ value: time, label: text(`within.${time}`) })),
            ]}
          />
          <TextField
            {...field('reference')}
            label={text('new-reference')}
            hint={text('new-reference-hint')}
            optional
            code
          />
          <TextField
            {...field('assessed_at')}
            label={text('new-assessed-at')}
            hint={text('new-utc')}
            type="datetime-local"
            optional
          />
        </div>
      </Panel>

      <Panel title={text('new-items')} id="items">
        <p className="hint mb-4">{text('new-items-hint')}</p>
        <div className="stack">
          {draft.items.map((item, index) => (
            <fieldset key={item.row} className="row border-l-4 border-rule pl-4">
              <legend>{text('new-item', { number: index + 1 })}</legend>
              <div className="form-grid form-grid-2 clear-both">
                <div className="form-grid-wide">
                  <TextField
                    name={`url-${item.row}`}
                    value={item.url}
                    label={text('new-url')}
                    hint={text('new-url-hint')}
                    complaint={about(`url-${item.row}`)}
                    inputMode="url"
                    code
                  />
                </div>
                <SelectField
                  name={`scope-${item.row}`}
                  value={item.scope || 'file'}
                  label={text('column-scope')}
                  hint={text('new-scope-hint')}
                  complaint={about(`scope-${item.row}`)}
                  options={options('scope', choices.scopes)}
                />
                <TextField
                  name={`seen_at-${item.row}`}
                  value={item.seen_at}
                  label={text('new-seen-at')}
                  hint={text('new-utc')}
                  complaint={about(`seen_at-${item.row}`)}
                  type="datetime-local"
                  optional
                />
                <TextField
                  name={`ip-${item.row}`}
                  value={item.ip}
                  label={text('new-ip')}
                  complaint={about(`ip-${item.row}`)}
                  optional
                  code
                />
                <TextField
                  name={`port-${item.row}`}
                  value={item.port}
                  label={text('new-port')}
                  complaint={about(`port-${item.row}`)}
                  inputMode="numeric"
                  optional
                  code
                />
                <div className="form-grid-wide">
                  <TextField
                    name={`sha256-${item.row}`}
                    value={item.sha256}
                    label={text('new-sha256')}
                    complaint={about(`sha256-${item.row}`)}
                    optional
                    code
                  />
                </div>
                {draft.items.length > 1 ? (
                  <div className="form-grid-wide">
                    <button className="button button-plain" type="submit" name="remove" value={item.row}>
                      <Icon name="gone" />
                      {text('new-remove', { number: index + 1 })}
                    </button>
                  </div>
                ) : null}
              </div>
            </fieldset>
          ))}
          <div>
            <button className="button" type="submit" name="intent" value="add">
              {text('new-add')}
            </button>
          </div>
        </div>
      </Panel>

      <Panel title={text('new-why')} id="why">
        <div className="form-grid form-grid-2">
          <TextArea {...field('reasons')} label={text('new-reasons')} hint={text('new-reasons-hint')} optional />
          <TextArea
            {...field('legal_basis')}
            label={text('new-legal-basis')}
            hint={text('new-legal-basis-hint')}
            optional
          />
          <TextArea
            {...field('for_provider_only')}
            label={text('new-provider-only')}
            hint={text('new-provider-only-hint')}
            optional
          />
          <TextArea
            {...field('may_be_forwarded')}
            label={text('new-forwardable')}
            hint={text('new-forwardable-hint')}
            optional
          />
          <div className="form-grid-wide">
            <CheckField name="good_faith" label={text('new-good-faith')} checked={draft.values.good_faith === 'yes'} />
          </div>
        </div>
      </Panel>

      <details className="panel" open={complaints.some(({ field: at }) => /^(preservation|silence)/.test(at ?? ''))}>
        <summary>{text('new-special')}</summary>
        <div className="form-grid form-grid-2 mt-4">
          <SelectField
            {...field('preservation')}
            label={text('new-preservation')}
            hint={text('new-preservation-hint')}
            options={[
              { value: '', label: text('new-preservation-none') },
              { value: 'law_enforcement', label: text('new-preservation-law') },
            ]}
          />
          <TextField {...field('preservation_reference')} label={text('new-preservation-reference')} optional code />
          <div className="form-grid-wide">
            <CheckField name="silence" label={text('new-silence')} checked={draft.values.silence === 'yes'} />
          </div>
          <TextField {...field('silence_basis')} label={text('new-silence-basis')} optional />
          <TextField
            {...field('silence_until')}
            label={text('new-silence-until')}
            hint={text('new-utc')}
            type="datetime-local"
            optional
          />
        </div>
      </details>

      <div className="flex flex-wrap items-center gap-4">
        <button className="button button-lead" type="submit" name="intent" value="submit" aria-busy={busy}>
          <Icon name="send" />
          {text('new-submit')}
        </button>
        <p className="hint">{text('new-submit-hint')}</p>
      </div>
    </Form>
  )
}
