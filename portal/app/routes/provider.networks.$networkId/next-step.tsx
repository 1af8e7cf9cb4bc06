import { Form, Link } from '@remix-run/react'
import type { ClaimView } from '../../../attribution/find-networks.ts'
import { useText } from '../../language/use-text.ts'
import { TextField } from '../../ui/field.tsx'
import { Banner } from '../../ui/notice-banner.tsx'
import { Pairs } from '../../ui/page.tsx'

/** What the claim waits for, in words, and the one thing that can be done about it here. */
export function NextStep({ network, mayWrite }: { network: ClaimView; mayWrite: boolean }) {
  const text = useText()
  switch (network.state) {
    case 'proving':
    case 'lapsing':
      return (
        <>
          {network.state === 'lapsing' ? <p>{text('network-next-lapsing')}</p> : null}
          <Instructions network={network} mayWrite={mayWrite} />
        </>
      )
    case 'waiting_consent':
      return <p>{text('network-next-consent', { holder: network.holderName ?? '–' })}</p>
    case 'waiting_desk':
      return (
        <>
          <p>{text('network-next-desk')}</p>
          <ul className="list">
            {network.contradictions.map((code) => (
              <li key={code}>{text.code('contradiction', code)}</li>
            ))}
          </ul>
        </>
      )
    case 'waiting_time':
      return <p>{text('network-next-time')}</p>
    case 'in_force':
      return <p>{text('networks-role')}</p>
    case 'refused':
    case 'ended':
      return <p>{network.endedCode ? text.code('network-ended', network.endedCode) : text('networks-ended')}</p>
  }
}

const troubles = ['returned', 'delayed', 'auto_replied', 'silent'] as const

/** Where the mail did not get to a person: what to do instead of waiting. */
function MailFate({ state }: { state: string }) {
  const text = useText()
  const trouble = troubles.find((one) => one === state)
  if (!trouble) return null
  return (
    <Banner tone={trouble === 'returned' ? 'alarm' : 'wait'}>
      <p>{text(`network-mail.${trouble}`)}</p>
      <p className="mt-3">
        <Link className="button" to="/provider/networks/new">
          {text('network-mail-other')}
        </Link>
      </p>
    </Banner>
  )
}

function Instructions({ network, mayWrite }: { network: ClaimView; mayWrite: boolean }) {
  const text = useText()
  const { line, where, mailbox, mail } = network.instructions
  if (network.proof === 'registry_mail') {
    return (
      <>
        <p>{text('network-next-mail', { mailbox: mailbox ?? '–' })}</p>
        {network.state === 'proving' && mail ? <MailFate state={mail.state} /> : null}
        {mayWrite && network.state === 'proving' ? (
          <Form method="post" className="form-grid" autoComplete="off">
            <TextField name="code" label={text('network-code')} code />
            <div>
              <button className="button button-lead" type="submit" name="intent" value="code">
                {text('network-code-send')}
              </button>
            </div>
          </Form>
        ) : null}
      </>
    )
  }
  const how = {
    dns_txt: 'network-next-dns',
    file: 'network-next-file',
    registry_object: 'network-next-object',
  } as const
  const key = how[network.proof as keyof typeof how]
  if (!key) return null
  return (
    <>
      <p>{text(key)}</p>
      <Pairs
        pairs={[
          where !== null && [
            text('network-where'),
            <code className="id break-all" key="where">
              {where}
            </code>,
          ],
          line !== null && [
            text('network-line'),
            <code className="id break-all" key="line">
              {line}
            </code>,
          ],
        ]}
      />
      <p className="hint">{text('network-bound')}</p>
      {mayWrite ? (
        <Form method="post">
          <button className="button button-lead" type="submit" name="intent" value="check">
            {text('network-check-now')}
          </button>
        </Form>
      ) : null}
    </>
  )
}
