import { useFetcher } from '@remix-run/react'
import { useEffect, useRef, useState } from 'react'
import { useText } from '../language/use-text.ts'
import { hasPasskeys, makePasskey, showPasskey } from '../passkey-browser.ts'
import { TextField } from './field.tsx'
import { Banner } from './notice-banner.tsx'

/** A passkey needs a script to reach the device; without one this says so. `make`: a new one, with a name. */
export function PasskeyForm({ make }: { make: boolean }) {
  const text = useText()
  const asking = useFetcher<{ result: string; options?: unknown }>()
  const answering = useFetcher<{ result: string }>()
  const [ready, setReady] = useState(false)
  const [failed, setFailed] = useState(false)
  const name = useRef('')
  const answered = useRef<unknown>(null)
  useEffect(() => setReady(hasPasskeys()), [])
  const options = asking.data?.result === 'asked' || asking.data?.result === 'started' ? asking.data.options : undefined
  const submit = answering.submit
  useEffect(() => {
    if (options === undefined || answered.current === options) return
    answered.current = options
    void (make ? makePasskey(options) : showPasskey(options)).then((response) => {
      setFailed(response === null)
      if (response === null) return
      const fields = { intent: 'passkey', response: JSON.stringify(response), name: name.current }
      submit(fields, { method: 'post' })
    })
  }, [options, make, submit])
  const refused = asking.data && options === undefined ? asking.data.result : answering.data?.result
  const said = refused && refused !== 'entered' && refused !== 'added' ? refused : null
  if (!ready) return <p className="hint">{text('factor-passkey-scripts')}</p>
  return (
    <asking.Form
      method="post"
      className="form-grid"
      onSubmit={(event) => {
        name.current = String(new FormData(event.currentTarget).get('name') ?? '')
      }}
    >
      {failed || said ? (
        <Banner tone="alarm" announce>
          <p>{said ? sentence(text, said) : text('factor-passkey-failed')}</p>
        </Banner>
      ) : null}
      <input type="hidden" name="intent" value="ask-passkey" />
      {make ? (
        <TextField name="name" label={text('factor-passkey-name')} hint={text('factor-passkey-name-hint')} />
      ) : null}
      <div>
        <button className="button" type="submit">
          {text(make ? 'factor-passkey-add' : 'factor-passkey-use')}
        </button>
      </div>
    </asking.Form>
  )
}

function sentence(text: ReturnType<typeof useText>, result: string): string {
  const known = text.code('factor-said', result)
  return known === result ? text('factor-passkey-failed') : known
}
