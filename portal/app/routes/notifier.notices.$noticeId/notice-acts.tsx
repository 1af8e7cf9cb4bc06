import { Form } from '@remix-run/react'
import type { ItemView } from '../../../inbox/views.ts'
import { useText } from '../../language/use-text.ts'
import { SelectField, TextField } from '../../ui/field.tsx'

/** What an analyst saw: it counts as an observation of its own, beside the machine's. */
export function ObserveForm({ items, results }: { items: readonly ItemView[]; results: readonly string[] }) {
  const text = useText()
  return (
    <details className="panel no-print">
      <summary>{text('observe-title')}</summary>
      <Form method="post" className="form-grid mt-3" autoComplete="off">
        <p className="hint">{text('observe-hint')}</p>
        {items.length > 1 ? (
          <SelectField
            name="item"
            label={text('column-item')}
            options={items.map((item) => ({
              value: item.id,
              label: text('item-number', { number: item.position + 1 }),
            }))}
          />
        ) : (
          <input type="hidden" name="item" value={items[0]?.id} />
        )}
        <SelectField
          name="result"
          label={text('observe-result')}
          options={results.map((result) => ({ value: result, label: text.code('observed', result) }))}
        />
        <TextField name="at" label={text('observe-at')} hint={text('observe-at-hint')} type="datetime-local" optional />
        <div>
          <button className="button" type="submit" name="intent" value="observe">
            {text('observe-add')}
          </button>
        </div>
      </Form>
    </details>
  )
}

/** Takes the notice back. What that causes is said before the button. */
export function WithdrawForm({ reasons }: { reasons: readonly string[] }) {
  const text = useText()
  return (
    <details className="panel no-print">
      <summary>{text('withdraw-title')}</summary>
      <Form method="post" className="form-grid mt-3" autoComplete="off">
        <p className="hint">{text('withdraw-hint')}</p>
        <SelectField
          name="reason"
          label={text('withdraw-reason')}
          options={reasons.map((reason) => ({ value: reason, label: text.code('withdrawal', reason) }))}
        />
        <div>
          <button className="button button-alarm" type="submit" name="intent" value="withdraw">
            {text('withdraw-now')}
          </button>
        </div>
      </Form>
    </details>
  )
}
