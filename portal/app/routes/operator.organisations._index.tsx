import { type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/node'
import { Link, useLoaderData } from '@remix-run/react'
import { findOrganisationFiles } from '../../inbox/find-organisation-file.ts'
import { may } from '../../people/may.ts'
import { standings } from '../../people/organisation-standing.ts'
import { orgKinds } from '../../people/person.ts'
import { forbidden, requireMay } from '../access.server.ts'
import { titleText, useText } from '../language/use-text.ts'
import { cursorOf, oneOf, pageSize } from '../list-filters.server.ts'
import { Filters } from '../ui/filters.tsx'
import { Moment } from '../ui/moment.tsx'
import { Empty, PageHeading, Panel } from '../ui/page.tsx'
import { StandingBadge } from '../ui/standing.tsx'
import { Pager, Table } from '../ui/table.tsx'

export const meta: MetaFunction = ({ matches }) => [
  { title: `${titleText(matches)('organisations-title')} · Noticeline` },
]

export async function loader(args: LoaderFunctionArgs) {
  const actor = await requireMay(args, 'platform', 'organisations.read')
  const url = new URL(args.request.url)
  const filter = { kind: oneOf(url, 'kind', orgKinds), standing: oneOf(url, 'standing', standings) }
  const found = await findOrganisationFiles(args.context.ground, actor, {
    ...filter,
    limit: pageSize,
    cursor: cursorOf(url),
  })
  if (found.result === 'invalid-cursor') throw redirect('/operator/organisations')
  if (found.result !== 'found') throw forbidden()
  return {
    rows: found.organisations.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() })),
    next: found.nextCursor,
    filter,
    kinds: orgKinds,
    standings,
    mayInvite: may(actor, 'organisations.invite'),
  }
}

export default function Organisations() {
  const text = useText()
  const { rows, next, filter, kinds, standings: every, mayInvite } = useLoaderData<typeof loader>()
  return (
    <>
      <PageHeading title={text('organisations-title')} lede={text('organisations-lede')}>
        {mayInvite ? (
          <Link className="button" to="/operator/organisations/new">
            {text('organisations-invite')}
          </Link>
        ) : null}
      </PageHeading>
      <div className="stack">
        <Filters
          filters={[
            {
              name: 'kind',
              label: text('organisations-kind'),
              value: filter.kind,
              options: kinds.map((kind) => ({ value: kind, label: text(`org-kind.${kind}`) })),
            },
            {
              name: 'standing',
              label: text('organisations-standing'),
              value: filter.standing,
              options: every.map((standing) => ({ value: standing, label: text(`standing.${standing}`) })),
            },
          ]}
        />
        {rows.length === 0 ? (
          <Empty title={text('organisations-none')}>{text('organisations-none-hint')}</Empty>
        ) : (
          <Panel>
            <Table
              caption={text('organisations-caption')}
              rows={rows}
              rowKey={(row) => row.id}
              columns={[
                {
                  label: text('organisations-name'),
                  cell: (row) => (
                    <Link className="row-link" to={`/operator/organisations/${row.id}`}>
                      {row.name}
                    </Link>
                  ),
                },
                {
                  label: text('organisations-kind'),
                  cell: (row) => text.code(row.notifierKind ? 'kind' : 'org-kind', row.notifierKind ?? row.kind),
                },
                {
                  label: text('organisations-standing'),
                  cell: (row) => <StandingBadge standing={row.standing} />,
                },
                { label: text('organisation-from'), cell: (row) => text(`organisation-from.${row.from}`) },
                { label: text('organisations-since'), cell: (row) => <Moment at={row.createdAt} short /> },
              ]}
            />
            <Pager next={next} />
          </Panel>
        )}
      </div>
    </>
  )
}
