import { type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/node'
import { Form, Link, useLoaderData } from '@remix-run/react'
import { findAudit } from '../../people/find-audit.ts'
import { forbidden, requireMay } from '../access.server.ts'
import { instant } from '../forms.server.ts'
import { titleText, useText } from '../language/use-text.ts'
import { cursorOf, pageSize } from '../list-filters.server.ts'
import { SelectField, TextField } from '../ui/field.tsx'
import { Moment } from '../ui/moment.tsx'
import { Empty, Id, PageHeading, Panel } from '../ui/page.tsx'
import { Pager, Table } from '../ui/table.tsx'

export const meta: MetaFunction = ({ matches }) => [{ title: `${titleText(matches)('audit-title')} · Noticeline` }]

/** Filters stand in the address of the page: codes, ids and times only. What is none of these is no filter. */
export async function loader(args: LoaderFunctionArgs) {
  const actor = await requireMay(args, 'platform', 'audit.read')
  const url = new URL(args.request.url)
  const kind = matching(url, 'kind', /^[a-z-]{1,40}\.[a-z-]{1,40}$/)
  const of = matching(url, 'of', /^(?:[a-z]{3}_[0-9a-z]{26}|keys)$/)
  const untilText = matching(url, 'until', /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?$/)
  const until = untilText ? new Date(instant(untilText) ?? '') : undefined
  const found = await findAudit(args.context.ground, actor, {
    kind,
    of,
    until: until && !Number.isNaN(until.getTime()) ? until : undefined,
    limit: pageSize,
    cursor: cursorOf(url),
  })
  if (found.result === 'invalid-cursor') throw redirect('/operator/audit')
  if (found.result !== 'found') throw forbidden()
  return {
    lines: found.lines.map(({ payload, ...line }) => ({
      ...line,
      at: line.at.toISOString(),
      details: detailsOf(payload),
    })),
    kinds: found.kinds,
    next: found.nextCursor,
    filter: { kind: kind ?? '', of: of ?? '', until: untilText ?? '' },
  }
}

function matching(url: URL, name: string, pattern: RegExp): string | undefined {
  const value = url.searchParams.get(name)?.trim() ?? ''
  return pattern.test(value) ? value : undefined
}

/** Ids, codes and times, as they were recorded; long lists are cut, and say so. */
function detailsOf(payload: Record<string, unknown>): string {
  const parts = Object.entries(payload)
    .filter(([name, value]) => value !== null && name !== 'orgId' && (name !== 'personId' || 'by' in payload))
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
  const whole = parts.join(', ')
  return whole.length > 300 ? `${whole.slice(0, 300)} …` : whole
}

export default function Audit() {
  const text = useText()
  const { lines, kinds, next, filter } = useLoaderData<typeof loader>()
  const filtered = Object.values(filter).some((value) => value !== '')
  return (
    <>
      <PageHeading title={text('audit-title')} lede={text('audit-lede')} />
      <div className="stack">
        <Form method="get" className="filters no-print" key={Object.values(filter).join()}>
          <SelectField
            name="kind"
            label={text('audit-kind')}
            value={filter.kind}
            options={[
              { value: '', label: text('filter-all') },
              ...kinds.map((kind) => ({ value: kind, label: text.code('fact', kind) })),
            ]}
          />
          <TextField name="of" label={text('audit-of')} hint={text('audit-of-hint')} value={filter.of} code />
          <TextField
            name="until"
            type="datetime-local"
            label={text('audit-until')}
            hint={text('audit-until-hint')}
            value={filter.until}
          />
          <div className="flex gap-2">
            <button className="button" type="submit">
              {text('filter-apply')}
            </button>
            {filtered ? (
              <Link className="button button-plain" to="?">
                {text('filter-clear')}
              </Link>
            ) : null}
          </div>
        </Form>
        {lines.length === 0 ? (
          <Empty title={text('audit-none')}>{text('audit-none-hint')}</Empty>
        ) : (
          <Panel>
            <Table
              caption={text('audit-caption')}
              rows={lines}
              rowKey={(line) => line.id}
              columns={[
                { label: text('audit-at'), cell: (line) => <Moment at={line.at} short /> },
                {
                  label: text('audit-kind'),
                  cell: (line) => (
                    <>
                      {text.code('fact', line.kind) === line.kind ? null : (
                        <span className="block">{text.code('fact', line.kind)}</span>
                      )}
                      <span className="text-sm text-soft">
                        <Id>{line.kind}</Id>
                      </span>
                    </>
                  ),
                },
                {
                  label: text('audit-who'),
                  cell: (line) => (
                    <>
                      {line.personName ?? (line.programName ? text('audit-program', { name: line.programName }) : '–')}
                      {line.orgName ? <span className="block text-sm text-soft">{line.orgName}</span> : null}
                    </>
                  ),
                },
                {
                  label: text('audit-details'),
                  cell: (line) => (
                    <>
                      <span className="id whitespace-normal break-all">{line.details}</span>
                      <span className="block text-sm text-soft">
                        {text('audit-place', { seq: line.seq })}{' '}
                        <Link to={`?of=${line.chain}`}>
                          <Id>{line.chain}</Id>
                        </Link>
                      </span>
                    </>
                  ),
                },
              ]}
            />
            <Pager next={next} />
          </Panel>
        )}
      </div>
    </>
  )
}
