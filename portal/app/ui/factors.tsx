import { Form } from '@remix-run/react'
import { useText } from '../language/use-text.ts'
import type { DrawnCode } from '../qr-code.server.ts'
import { TextField } from './field.tsx'
import { Moment } from './moment.tsx'
import { PasskeyForm } from './passkey.tsx'
import { Table } from './table.tsx'

/** An app that makes codes: not there, waiting for its first code, or on. */
export function AppPanel({
  state,
  scan,
}: {
  state: 'none' | 'waiting' | 'on'
  scan: { secret: string; code: DrawnCode } | null
}) {
  const text = useText()
  return (
    <section className="panel stack" aria-labelledby="app">
      <h2 id="app">{text('factor-app')}</h2>
      <p>{state === 'on' ? text('factor-app-on') : text('factor-app-text')}</p>
      {scan ? (
        <>
          <p>{text('factor-app-scan')}</p>
          <svg
            viewBox={`0 0 ${scan.code.size} ${scan.code.size}`}
            width="220"
            height="220"
            role="img"
            aria-label={text('factor-app-qr')}
            shapeRendering="crispEdges"
          >
            <rect width="100%" height="100%" fill="#fff" />
            <path d={scan.code.path} fill="#000" />
          </svg>
          <p>
            {text('factor-app-secret')}: <span className="id break-all">{scan.secret.match(/.{1,4}/g)?.join(' ')}</span>
          </p>
          <Form method="post" className="form-grid">
            <input type="hidden" name="intent" value="confirm-app" />
            <TextField
              name="code"
              label={text('factor-app-first')}
              hint={text('factor-code-hint')}
              inputMode="numeric"
              autoComplete="one-time-code"
              code
              required
            />
            <div>
              <button className="button button-lead" type="submit">
                {text('factor-app-confirm')}
              </button>
            </div>
          </Form>
        </>
      ) : null}
      <Form method="post">
        <input type="hidden" name="intent" value={state === 'on' ? 'remove-app' : 'start-app'} />
        <button className={state === 'none' ? 'button button-lead' : 'button'} type="submit">
          {text(state === 'on' ? 'factor-remove' : state === 'waiting' ? 'factor-app-again' : 'factor-app-start')}
        </button>
      </Form>
    </section>
  )
}

interface PasskeyRow {
  id: string
  name: string
  createdAt: string
  lastUsedAt: string | null
}

export function PasskeysPanel({ passkeys, possible }: { passkeys: readonly PasskeyRow[]; possible: boolean }) {
  const text = useText()
  return (
    <section className="panel stack" aria-labelledby="passkeys">
      <h2 id="passkeys">{text('factor-passkeys')}</h2>
      <p>{text(possible ? 'factor-passkeys-text' : 'factor-passkeys-no-name')}</p>
      {passkeys.length > 0 ? (
        <Table
          caption={text('factor-passkeys-caption')}
          rows={passkeys}
          rowKey={(passkey) => passkey.id}
          columns={[
            { label: text('people-name'), cell: (passkey) => passkey.name },
            { label: text('factor-passkey-added'), cell: (passkey) => <Moment at={passkey.createdAt} short /> },
            {
              label: text('factor-passkey-used'),
              cell: (passkey) =>
                passkey.lastUsedAt ? <Moment at={passkey.lastUsedAt} short /> : text('factor-passkey-never'),
            },
            {
              label: text('factor-remove'),
              cell: (passkey) => (
                <Form method="post">
                  <input type="hidden" name="intent" value="remove-passkey" />
                  <input type="hidden" name="passkey" value={passkey.id} />
                  <button
                    className="button"
                    type="submit"
                    aria-label={text('factor-passkey-remove-of', { name: passkey.name })}
                  >
                    {text('factor-remove')}
                  </button>
                </Form>
              ),
            },
          ]}
        />
      ) : null}
      {possible ? <PasskeyForm make /> : null}
    </section>
  )
}

/** Shown once, right after they were made. */
export function RecoveryPanel({ codes, home }: { codes: readonly string[]; home: string }) {
  const text = useText()
  return (
    <section className="panel stack" aria-labelledby="new-codes">
      <h2 id="new-codes">{text('factor-codes-label')}</h2>
      <p>{text('factor-codes-once')}</p>
      <ul className="grid gap-2 sm:grid-cols-2">
        {codes.map((code) => (
          <li key={code}>
            <span className="id">{code}</span>
          </li>
        ))}
      </ul>
      <p className="no-print">
        <a className="button button-lead" href={home}>
          {text('factor-codes-go')}
        </a>
      </p>
    </section>
  )
}
