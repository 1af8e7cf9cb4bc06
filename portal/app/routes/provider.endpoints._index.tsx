import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node'
import { Link, useLoaderData } from '@remix-run/react'
import { findRehearsals } from '../../delivery/find-rehearsals.ts'
import { may } from '../../people/may.ts'
import { findEndpoints } from '../../providers/find-endpoints.ts'
import { forbidden, requireMay } from '../access.server.ts'
import { titleText, useText } from '../language/use-text.ts'
import { EndpointState, RehearsalState } from '../ui/endpoint-state.tsx'
import { Moment } from '../ui/moment.tsx'
import { Empty, Id, PageHeading, Panel } from '../ui/page.tsx'
import { Table } from '../ui/table.tsx'

export const meta: MetaFunction = ({ matches }) => [{ title: `${titleText(matches)('nav-endpoints')} · Noticeline` }]

export async function loader(args: LoaderFunctionArgs) {
  const actor = await requireMay(args, 'provider', 'endpoints.read')
  const { ground } = args.context
  const found = await findEndpoints(ground, actor)
  if (found.result !== 'found') throw forbidden()
  const endpoints = await Promise.all(
    found.endpoints.map(async ({ id, url, description, state, verifiedAt, failures }) => {
      const rehearsed = await findRehearsals(ground, actor, id, 1)
      const [last] = rehearsed.result === 'found' ? rehearsed.rehearsals : []
      return {
        id,
        url,
        description,
        state,
        failures,
        verifiedAt: verifiedAt?.toISOString() ?? null,
        rehearsal: last ? { id: last.id, state: last.state, at: last.startedAt.toISOString() } : null,
      }
    }),
  )
  return { endpoints, mayAdd: may(actor, 'endpoints.write') }
}

export default function Endpoints() {
  const text = useText()
  const { endpoints, mayAdd } = useLoaderData<typeof loader>()
  const add = mayAdd ? (
    <Link className="button button-lead" to="/provider/endpoints/new">
      {text('endpoint-add')}
    </Link>
  ) : null
  return (
    <>
      <PageHeading title={text('nav-endpoints')} lede={text('endpoints-lede')}>
        {add}
      </PageHeading>
      {endpoints.length === 0 ? (
        <Empty title={text('endpoints-none')} action={add}>
          {text('endpoints-none-hint')}
        </Empty>
      ) : (
        <Panel>
          <Table
            caption={text('endpoints-caption')}
            rows={endpoints}
            rowKey={(endpoint) => endpoint.id}
            columns={[
              {
                label: text('endpoint-title'),
                cell: (endpoint) => (
                  <>
                    <Link className="row-link wrap-anywhere" to={`/provider/endpoints/${endpoint.id}`}>
                      {endpoint.description ?? endpoint.url ?? text('endpoint-stream')}
                    </Link>
                    {endpoint.description ? (
                      <span className="block text-sm wrap-anywhere">{endpoint.url ?? text('endpoint-stream')}</span>
                    ) : null}
                    <span className="block text-sm text-soft">
                      <Id>{endpoint.id}</Id>
                    </span>
                  </>
                ),
              },
              { label: text('endpoint-state'), cell: (endpoint) => <EndpointState state={endpoint.state} /> },
              {
                label: text('endpoint-verified'),
                cell: (endpoint) => (endpoint.verifiedAt ? <Moment at={endpoint.verifiedAt} short /> : '–'),
              },
              { label: text('endpoint-failures'), cell: (endpoint) => String(endpoint.failures) },
              {
                label: text('endpoint-last-rehearsal'),
                cell: (endpoint) =>
                  endpoint.rehearsal ? (
                    <>
                      <RehearsalState state={endpoint.rehearsal.state} />
                      <span className="block text-sm">
                        <Moment at={endpoint.rehearsal.at} short />
                      </span>
                    </>
                  ) : (
                    <span className="text-soft">{text('endpoint-never-rehearsed')}</span>
                  ),
              },
            ]}
          />
        </Panel>
      )}
    </>
  )
}
