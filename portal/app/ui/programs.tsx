import { Form, Link, useLocation } from '@remix-run/react'
import { useText } from '../language/use-text.ts'
import type { ProgramsAnswer, readPrograms } from '../programs.server.ts'
import { CheckField, Complaints, SelectField, TextField } from './field.tsx'
import { Badge } from './headline.tsx'
import { Moment } from './moment.tsx'
import { Banner } from './notice-banner.tsx'
import { Empty, PageHeading, Panel } from './page.tsx'
import { Table } from './table.tsx'

type Programs = Awaited<ReturnType<typeof readPrograms>>
type Token = Programs['tokens'][number]

/** Tokens for programs: the same page for providers and notifiers. */
export function ProgramsPage({ programs, answer }: { programs: Programs; answer: ProgramsAnswer | undefined }) {
  const text = useText()
  const { tokens, fresh } = programs
  return (
    <>
      <PageHeading title={text('nav-programs')} lede={text('programs-lede')} />
      <div className="stack">
        {answer?.said ? (
          <Banner tone={answer.said === 'programs-revoked' ? 'good' : 'alarm'} announce>
            <p>{text(answer.said)}</p>
          </Banner>
        ) : null}
        {answer?.token ? <Shown token={answer.token} /> : null}
        {fresh ? null : <ConfirmFirst />}
        {tokens.length === 0 ? (
          <Empty title={text('programs-none')}>{text('programs-none-hint')}</Empty>
        ) : (
          <Panel>
            <Tokens tokens={tokens} fresh={fresh} />
          </Panel>
        )}
        {fresh ? <NewToken programs={programs} answer={answer} /> : null}
      </div>
    </>
  )
}

/** What cannot be undone easily asks once more who is there. */
export function ConfirmFirst() {
  const text = useText()
  const { pathname } = useLocation()
  return (
    <Banner tone="wait">
      <p className="mb-2">{text('fresh-needed')}</p>
      <Link className="button" to={`/account/confirm?back=${encodeURIComponent(pathname)}`}>
        {text('fresh-confirm')}
      </Link>
    </Banner>
  )
}

export function Shown({ token }: { token: string }) {
  const text = useText()
  return (
    <Banner tone="good" announce>
      <p className="mb-2">{text('programs-made')}</p>
      <code className="address" translate="no" data-token>
        {token}
      </code>
    </Banner>
  )
}

const looks = {
  good: { tone: 'good', icon: 'check' },
  expired: { tone: 'mute', icon: 'clock' },
  revoked: { tone: 'mute', icon: 'stop' },
} as const

function Tokens({ tokens, fresh }: { tokens: readonly Token[]; fresh: boolean }) {
  const text = useText()
  return (
    <Table
      caption={text('programs-caption')}
      rows={tokens}
      rowKey={(token) => token.id}
      columns={[
        {
          label: text('programs-name'),
          cell: (token) => (
            <>
              <strong>{token.name}</strong>
              <span className="block text-sm">
                <code className="id">{token.hint}</code>
              </span>
              <Badge {...looks[token.state]}>{text(`programs-state.${token.state}`)}</Badge>
              {token.replaces ? <span className="block text-sm text-soft">{text('programs-replaces')}</span> : null}
            </>
          ),
        },
        {
          label: text('programs-scopes'),
          cell: (token) => (
            <ul className="grid gap-1 text-sm">
              {token.live ? null : <li>{text('programs-sandbox')}</li>}
              {token.scopes.map((scope) => (
                <li key={scope}>{text(`scope-of.${scope}`)}</li>
              ))}
            </ul>
          ),
        },
        {
          label: text('programs-made-at'),
          cell: (token) => (
            <>
              <Moment at={token.createdAt} short />
              {token.createdBy ? <span className="block text-sm text-soft">{token.createdBy}</span> : null}
            </>
          ),
        },
        {
          label: text('programs-until'),
          cell: (token) => (token.expiresAt ? <Moment at={token.expiresAt} short /> : text('programs-forever')),
        },
        {
          label: text('programs-used'),
          cell: (token) => (token.lastUsedAt ? <Moment at={token.lastUsedAt} short /> : text('programs-never-used')),
        },
        ...(fresh ? [{ label: text('endpoint-acts'), cell: (token: Token) => <Acts token={token} /> }] : []),
      ]}
    />
  )
}

function Acts({ token }: { token: Token }) {
  const text = useText()
  if (token.state !== 'good') return <span className="text-soft">–</span>
  return (
    <details>
      <summary>{text('programs-rotate-revoke')}</summary>
      <Form method="post" className="form-grid py-2">
        <input type="hidden" name="token" value={token.id} />
        <p className="hint">{text('programs-rotate-hint')}</p>
        <SelectField
          name="hours"
          id={`hours-${token.id}`}
          label={text('programs-overlap')}
          value="24"
          options={[0, 1, 24, 168, 720].map((hours) => ({
            value: String(hours),
            label: text('programs-overlap-of', { hours }),
          }))}
        />
        <div className="flex flex-wrap gap-2">
          <button className="button" type="submit" name="intent" value="rotate">
            {text('programs-rotate')}
          </button>
          <button className="button button-alarm" type="submit" name="intent" value="revoke">
            {text('programs-revoke')}
          </button>
        </div>
      </Form>
    </details>
  )
}

function NewToken({ programs, answer }: { programs: Programs; answer: ProgramsAnswer | undefined }) {
  const text = useText()
  const draft = answer?.draft
  const complaints = answer?.complaints ?? []
  const about = (field: string) => complaints.find((complaint) => complaint.field === field)?.message
  return (
    <Panel title={text('programs-add')} id="new">
      <Form method="post" className="form-grid" noValidate autoComplete="off" key={answer?.token ?? 'new'}>
        <Complaints complaints={complaints} />
        <TextField
          name="name"
          label={text('programs-name')}
          hint={text('programs-name-hint')}
          value={draft?.name}
          complaint={about('name')}
        />
        <fieldset className="field" id="scope" tabIndex={-1}>
          <legend>{text('programs-scopes')}</legend>
          {programs.scopes.map((scope) => (
            <CheckField
              key={scope}
              name="scope"
              value={scope}
              checked={draft?.scopes.includes(scope) ?? false}
              label={
                <>
                  {text(`scope-of.${scope}`)} <code className="id">{scope}</code>
                </>
              }
            />
          ))}
          {about('scope') ? <span className="complaint">{about('scope')}</span> : null}
        </fieldset>
        <SelectField
          name="live"
          label={text('programs-kind')}
          value={draft?.live === false ? 'no' : 'yes'}
          options={[
            { value: 'yes', label: text('programs-live') },
            { value: 'no', label: text('programs-sandbox') },
          ]}
        />
        <SelectField
          name="days"
          label={text('programs-days')}
          value={draft?.days || '90'}
          complaint={about('days')}
          options={[
            ...[1, 30, 90, 365].map((days) => ({ value: String(days), label: text('programs-days-of', { days }) })),
            { value: 'forever', label: text('programs-forever') },
          ]}
        />
        <div>
          <button className="button button-lead" type="submit" name="intent" value="add">
            {text('programs-make')}
          </button>
        </div>
      </Form>
    </Panel>
  )
}
