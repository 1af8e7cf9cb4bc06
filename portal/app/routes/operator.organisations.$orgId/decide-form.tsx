import { Form } from '@remix-run/react'
import { useText } from '../../language/use-text.ts'
import { SelectField, TextField } from '../../ui/field.tsx'
import { Panel } from '../../ui/page.tsx'

export interface Said {
  intent: string
  message: string
}

/** Whatever the desk decides about somebody it says why: the reason is asked for first, and the buttons come last. */
export function DecideForm({
  title,
  text: why,
  id,
  said,
  acts,
}: {
  title: string
  text?: string
  id: string
  said: Said | null
  acts: readonly { intent: string; label: string; lead?: boolean; alarm?: boolean }[]
}) {
  const text = useText()
  const complaint = acts.some(({ intent }) => intent === said?.intent) ? said?.message : undefined
  return (
    <Panel title={title} id={id}>
      <Form method="post" className="form-grid" autoComplete="off">
        {why ? <p className="text-soft">{why}</p> : null}
        <TextField
          id={`reason-${id}`}
          name="reason"
          label={text('admissions-reason')}
          hint={text('admissions-reason-hint')}
          complaint={complaint}
        />
        <div className="flex flex-wrap gap-2">
          {acts.map(({ intent, label, lead, alarm }) => (
            <button
              className={`button${lead ? ' button-lead' : alarm ? ' button-alarm' : ''}`}
              type="submit"
              name="intent"
              value={intent}
              key={intent}
            >
              {label}
            </button>
          ))}
        </div>
      </Form>
    </Panel>
  )
}

/** A link that was lost or has run out is sent once more. */
export function InviteAgainForm({ said }: { said: Said | null }) {
  const text = useText()
  return (
    <Panel title={text('invite-again')} id="invite">
      <Form method="post" className="form-grid" autoComplete="off" noValidate>
        <TextField name="personName" label={text('invite-person')} />
        <TextField
          name="email"
          type="email"
          label={text('invite-email')}
          complaint={said?.intent === 'invite' ? said.message : undefined}
        />
        <div>
          <button className="button" type="submit" name="intent" value="invite">
            {text('invite-again')}
          </button>
        </div>
      </Form>
    </Panel>
  )
}

/** A network that is not, or no longer, what it was proven to be: the evidence is asked for, and the button comes last. */
export function EndNetworkForm({
  networks,
  said,
}: {
  networks: readonly { id: string; label: string }[]
  said: Said | null
}) {
  const text = useText()
  return (
    <Panel title={text('desk-network-end')} id="end-network">
      <Form method="post" className="form-grid" autoComplete="off">
        <p className="text-soft">{text('desk-network-end-text')}</p>
        <SelectField
          name="network"
          label={text('desk-network')}
          options={networks.map(({ id, label }) => ({ value: id, label }))}
        />
        <TextField
          id="reason-end-network"
          name="reason"
          label={text('admissions-reason')}
          hint={text('desk-network-reason-hint')}
          complaint={said?.intent === 'end-network' ? said.message : undefined}
        />
        <div>
          <button className="button button-alarm" type="submit" name="intent" value="end-network">
            {text('desk-network-end')}
          </button>
        </div>
      </Form>
    </Panel>
  )
}
