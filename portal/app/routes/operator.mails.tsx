import { type ActionFunctionArgs, data, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node'
import { Form, useActionData, useLoaderData } from '@remix-run/react'
import { findMails, type SentMailView } from '../../people/find-mails.ts'
import { openReceivedMail } from '../../people/open-received-mail.ts'
import { forbidden, notFound, requireMay } from '../access.server.ts'
import { word } from '../forms.server.ts'
import { titleText, useText } from '../language/use-text.ts'
import { oneOf } from '../list-filters.server.ts'
import { Filters } from '../ui/filters.tsx'
import { Badge, type Tone } from '../ui/headline.tsx'
import { Icon, type IconName } from '../ui/icon.tsx'
import { Moment } from '../ui/moment.tsx'
import { Banner } from '../ui/notice-banner.tsx'
import { Empty, Id, PageHeading, Panel } from '../ui/page.tsx'
import { Table } from '../ui/table.tsx'

export const meta: MetaFunction = ({ matches }) => [{ title: `${titleText(matches)('mails-title')} · Noticeline` }]

const states = ['returned', 'delayed', 'auto_replied', 'answered', 'silent', 'sent', 'sending'] as const

export async function loader(args: LoaderFunctionArgs) {
  const actor = await requireMay(args, 'platform', 'mails.read')
  const state = oneOf(new URL(args.request.url), 'state', states)
  const found = await findMails(args.context.ground, actor, state ? { states: [state] } : {})
  if (found.result !== 'found') throw forbidden()
  return { mails: found.mails, state }
}

/** What a person wrote is part of this one answer and of no page after it. */
export async function action(args: ActionFunctionArgs) {
  const actor = await requireMay(args, 'platform', 'mails.read')
  const id = word(await args.request.formData(), 'received')
  const opened = await openReceivedMail(args.context.ground, actor, id)
  if (opened.result === 'forbidden') throw forbidden()
  if (opened.result !== 'opened') throw notFound()
  return data({ id, text: opened.text })
}

const looks: Record<SentMailView['state'], { tone: Tone; icon: IconName }> = {
  sending: { tone: 'wait', icon: 'clock' },
  sent: { tone: 'calm', icon: 'send' },
  delayed: { tone: 'wait', icon: 'clock' },
  returned: { tone: 'alarm', icon: 'warning' },
  auto_replied: { tone: 'calm', icon: 'dot' },
  answered: { tone: 'good', icon: 'check' },
  silent: { tone: 'wait', icon: 'clock' },
}

export default function Mails() {
  const text = useText()
  const { mails, state } = useLoaderData<typeof loader>()
  const opened = useActionData<typeof action>()
  const options = states.map((one) => ({ value: one, label: text(`mail-state.${one}`) }))
  return (
    <>
      <PageHeading title={text('mails-title')} lede={text('mails-lede')} />
      <div className="stack">
        {opened ? (
          <Panel title={text('mail-class.person')} id="written">
            <Banner tone="wait" announce>
              <p>{text('mails-written')}</p>
            </Banner>
            <p className="mt-4 max-w-prose whitespace-pre-line break-words" data-received={opened.id}>
              {opened.text}
            </p>
          </Panel>
        ) : null}
        <Filters filters={[{ name: 'state', label: text('mails-show'), value: state, options }]} />
        {mails.length === 0 ? (
          <Empty title={text('mails-none')}>{text('mails-none-hint')}</Empty>
        ) : (
          <Panel>
            <Table
              caption={text('mails-title')}
              rows={mails}
              rowKey={(mail) => mail.id}
              columns={[
                { label: text('nav-mails'), cell: (mail) => <State mail={mail} /> },
                {
                  label: text('column-provider'),
                  cell: (mail) => (
                    <>
                      <strong>{mail.orgName ?? text('mails-person')}</strong>
                      <span className="block text-sm text-soft">
                        {text('mails-to')} {mail.domain}
                      </span>
                    </>
                  ),
                },
                {
                  label: text('mails-for'),
                  cell: (mail) => (
                    <>
                      {text(`mail-purpose.${mail.purpose}`)}
                      {mail.noticeId ? (
                        <span className="block">
                          <Id>{mail.noticeId}</Id>
                        </span>
                      ) : null}
                    </>
                  ),
                },
                { label: text('mails-received'), cell: (mail) => <Received mail={mail} /> },
                {
                  label: text('mail-state.sent'),
                  cell: (mail) => (mail.sentAt ? <Moment at={mail.sentAt} short /> : '–'),
                },
              ]}
            />
          </Panel>
        )}
      </div>
    </>
  )
}

function State({ mail }: { mail: SentMailView }) {
  const text = useText()
  return (
    <>
      <Badge {...looks[mail.state]}>{text(`mail-state.${mail.state}`)}</Badge>
      {mail.code ? <span className="block text-sm text-soft">{mail.code}</span> : null}
    </>
  )
}

function Received({ mail }: { mail: SentMailView }) {
  const text = useText()
  if (mail.received.length === 0) return <>–</>
  return (
    <ul className="grid gap-2">
      {mail.received.map((one) => (
        <li key={one.id}>
          {text.code('mail-class', one.class)} <Moment at={one.receivedAt} short />
          {one.class === 'person' ? (
            <Form method="post" className="no-print mt-1">
              <button className="button" type="submit" name="received" value={one.id}>
                <Icon name="eye" />
                {text('mails-read')}
              </button>
            </Form>
          ) : null}
        </li>
      ))}
    </ul>
  )
}
