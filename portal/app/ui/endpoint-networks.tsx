import { useText } from '../language/use-text.ts'
import { CheckField } from './field.tsx'

export interface BindableNetwork {
  id: string
  written: string
  /** It ended: what stood in it still goes where it went. */
  isOver: boolean
}

/** Which networks an endpoint serves: none ticked is all that no other does. */
export function NetworksField({
  networks,
  chosen,
  complaint,
}: {
  networks: readonly BindableNetwork[]
  chosen: readonly string[]
  complaint?: string | undefined
}) {
  const text = useText()
  return (
    <fieldset className="field">
      <legend className="label">{text('endpoint-networks')}</legend>
      <span className="hint">{text('endpoint-networks-hint')}</span>
      {networks.map(({ id, written, isOver }) => (
        <CheckField
          key={id}
          name="network"
          value={id}
          checked={chosen.includes(id)}
          label={
            <>
              <code className="id">{written}</code> {isOver ? `(${text('endpoint-networks-over')})` : ''}
            </>
          }
        />
      ))}
      {complaint ? <span className="complaint">{complaint}</span> : null}
    </fieldset>
  )
}
