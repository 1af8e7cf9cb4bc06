import { Form } from '@remix-run/react'
import { sights } from '../../../attribution/delegation.ts'
import { useText } from '../../language/use-text.ts'
import { SelectField, TextField } from '../../ui/field.tsx'

/** Three questions and a date: which part, to whom, until when, and what they may see. */
export function DelegateForm({ complaints }: { complaints: readonly { field: string | null; message: string }[] }) {
  const text = useText()
  const about = (field: string) => complaints.find((complaint) => complaint.field === field)?.message
  return (
    <details className="panel" open={complaints.length > 0}>
      <summary>{text('delegate-title')}</summary>
      <Form method="post" className="form-grid mt-3" noValidate autoComplete="off">
        <p className="hint">{text('delegations-lede')}</p>
        <TextField
          name="part"
          label={text('delegate-part')}
          hint={text('delegate-part-hint')}
          complaint={about('part')}
          code
        />
        <TextField name="to" label={text('delegate-to')} hint={text('delegate-to-hint')} code />
        <SelectField
          name="sees"
          label={text('delegations-sees')}
          options={sights.map((sight) => ({ value: sight, label: text.code('delegation-sees', sight) }))}
        />
        <TextField name="ends_at" label={text('delegate-ends')} type="datetime-local" complaint={about('ends_at')} />
        <div>
          <button className="button" type="submit" name="intent" value="delegate">
            {text('delegate-save')}
          </button>
        </div>
      </Form>
    </details>
  )
}
