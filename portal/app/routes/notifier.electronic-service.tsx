import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { findConsents } from '../../people/give-consent.ts'
import { forbidden, requireMay } from '../access.server.ts'
import { titleText, useText } from '../language/use-text.ts'
import { Moment } from '../ui/moment.tsx'
import { Empty, PageHeading, Panel } from '../ui/page.tsx'
import { Table } from '../ui/table.tsx'

export const meta: MetaFunction = ({ matches }) => [{ title: `${titleText(matches)('service-title')} · Noticeline` }]

export async function loader(args: LoaderFunctionArgs) {
  const actor = await requireMay(args, 'notifier', 'consents.read')
  const found = await findConsents(args.context.ground, actor)
  if (found.result !== 'found') throw forbidden()
  return {
    consents: found.consents.map(({ orgId, orgName, country, regime, givenAt }) => ({
      orgId,
      orgName,
      country,
      regime,
      givenAt: givenAt.toISOString(),
    })),
  }
}

export default function ElectronicService() {
  const text = useText()
  const { consents } = useLoaderData<typeof loader>()
  return (
    <>
      <PageHeading title={text('service-title')} lede={text('service-lede')} />
      {consents.length === 0 ? (
        <Empty title={text('service-none')}>{text('service-none-hint')}</Empty>
      ) : (
        <Panel>
          <Table
            caption={text('service-caption')}
            rows={consents}
            rowKey={(row) => `${row.orgId}-${row.regime}`}
            columns={[
              { label: text('column-provider'), cell: (row) => `${row.orgName} (${row.country})` },
              { label: text('column-regime'), cell: (row) => text.code('regime', row.regime) },
              { label: text('service-since'), cell: (row) => <Moment at={row.givenAt} /> },
            ]}
          />
        </Panel>
      )}
    </>
  )
}
