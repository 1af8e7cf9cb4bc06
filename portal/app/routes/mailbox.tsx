import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { findMailbox } from '../../people/find-mailbox.ts'
import { notFound } from '../access.server.ts'
import { titleText, useText } from '../language/use-text.ts'
import { useFresh } from '../ui/live.tsx'
import { Moment } from '../ui/moment.tsx'
import { Empty, PageHeading } from '../ui/page.tsx'

export const meta: MetaFunction = ({ matches }) => [{ title: `${titleText(matches)('nav-mailbox')} · Noticeline` }]

/** Open to whoever is at this machine: the demo and development listen on loopback only. Elsewhere there is no such page. */
export async function loader({ context: { ground } }: LoaderFunctionArgs) {
  const found = await findMailbox(ground)
  if (found.result !== 'found') throw notFound()
  return { mails: found.mails, origin: ground.config.origin }
}

export default function Mailbox() {
  const text = useText()
  const { mails, origin } = useLoaderData<typeof loader>()
  useFresh(3000)
  return (
    <div className="wrap">
      <PageHeading title={text('nav-mailbox')} lede={text('mailbox-lede')} />
      {mails.length === 0 ? (
        <Empty title={text('mailbox-none')}>{text('mailbox-none-hint')}</Empty>
      ) : (
        <ol className="stack">
          {mails.map((mail) => (
            <li key={mail.id} className="panel" data-mail={mail.recipient}>
              <h2 className="mb-1">{mail.subject}</h2>
              <p className="mb-4 text-soft">
                {text('mailbox-to')} {mail.recipient} · <Moment at={mail.sentAt} />
              </p>
              <div className="grid max-w-prose grid-cols-1 gap-3 whitespace-pre-line [overflow-wrap:anywhere]">
                {mail.body.split(/\n{2,}/).map((paragraph, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: paragraphs of a sent mail never move
                  <p key={index}>
                    <Linked text={paragraph} origin={origin} />
                  </p>
                ))}
              </div>
            </li>
          ))}
        </ol>
      )}
    </div>
  )
}

/** Only links into the portal itself can be followed from here. */
function Linked({ text, origin }: { text: string; origin: string }) {
  const parts = text.split(/(https?:\/\/\S+)/)
  return (
    <>
      {parts.map((part, index) => {
        const key = `${index}`
        if (!part.startsWith(`${origin}/`)) return <span key={key}>{part}</span>
        return (
          <a key={key} href={part.slice(origin.length)}>
            {part}
          </a>
        )
      })}
    </>
  )
}
