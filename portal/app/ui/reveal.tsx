import { Form } from '@remix-run/react'
import type { RevealedItem } from '../../inbox/views.ts'
import { useText } from '../language/use-text.ts'
import { Icon } from './icon.tsx'
import { Banner } from './notice-banner.tsx'
import { Pairs } from './page.tsx'

/** Asks for an address on purpose. What comes back is part of this one answer and of no page after it. */
export function RevealButton({ itemId }: { itemId: string }) {
  const text = useText()
  return (
    <Form method="post" preventScrollReset className="no-print">
      <input type="hidden" name="item" value={itemId} />
      <button className="button" type="submit" name="intent" value="reveal">
        <Icon name="eye" />
        {text('reveal-button')}
      </button>
      <p className="hint mt-2">{text('reveal-hint')}</p>
    </Form>
  )
}

/** What was revealed: text, never a link. Programs take `url`; a screen gets the defanged form only. */
export type Shown = Omit<RevealedItem, 'url'>

export function Revealed({ shown }: { shown: Shown }) {
  const text = useText()
  return (
    <div className="stack" data-revealed={shown.itemId}>
      <Banner tone="wait" announce>
        <p>{text('reveal-warning')}</p>
      </Banner>
      <Pairs
        pairs={[
          [
            text('reveal-title'),
            <code className="address" key="address" translate="no">
              {shown.defanged}
            </code>,
          ],
          shown.ip
            ? [
                text('reveal-ip'),
                <code key="ip" translate="no">
                  {shown.ip}
                </code>,
              ]
            : null,
          shown.port ? [text('reveal-port'), <code key="port">{shown.port}</code>] : null,
          Object.keys(shown.hashes).length > 0
            ? [
                text('reveal-hashes'),
                <ul key="hashes">
                  {Object.entries(shown.hashes).map(([algorithm, digest]) => (
                    <li key={algorithm}>
                      {algorithm} <code className="id">{digest}</code>
                    </li>
                  ))}
                </ul>,
              ]
            : null,
          shown.reasons ? [text('reveal-reasons'), <p key="reasons">{shown.reasons}</p>] : null,
          shown.legalBasis.length > 0 ? [text('reveal-legal-basis'), shown.legalBasis.join('; ')] : null,
          shown.forProviderOnly ? [text('reveal-provider-only'), <p key="only">{shown.forProviderOnly}</p>] : null,
          shown.mayBeForwarded ? [text('reveal-forwardable'), <p key="pass">{shown.mayBeForwarded}</p>] : null,
        ]}
      />
      <p className="no-print">
        <a className="button" href="?">
          {text('reveal-hide')}
        </a>
      </p>
    </div>
  )
}
