import { type ActionFunctionArgs, data, type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/node'
import { Form, Link, useActionData, useLoaderData, useSearchParams } from '@remix-run/react'
import { findWaiting } from '../../inbox/find-organisation-file.ts'
import { may } from '../../people/may.ts'
import { findOpenClaims, settleClaim } from '../../people/settle-claim.ts'
import { forbidden, notFound, requireMay } from '../access.server.ts'
import { intentOf, word } from '../forms.server.ts'
import { titleText, useText } from '../language/use-text.ts'
import { TextField } from '../ui/field.tsx'
import { Moment } from '../ui/moment.tsx'
import { Banner } from '../ui/notice-banner.tsx'
import { Empty, PageHeading, Panel } from '../ui/page.tsx'
import { Table } from '../ui/table.tsx'

export const meta: MetaFunction = ({ matches }) => [{ title: `${titleText(matches)('admissions-title')} · Noticeline` }]

export async function loader(args: LoaderFunctionArgs) {
  const actor = await requireMay(args, 'platform', 'organisations.read')
  const { ground } = args.context
  const [waiting, claims] = await Promise.all([findWaiting(ground, actor), findOpenClaims(ground, actor)])
  if (waiting.result !== 'found' || claims.result !== 'found') throw forbidden()
  return {
    waiting: waiting.waiting.map((row) => ({ ...row, askedAt: row.askedAt.toISOString() })),
    claims: claims.claims.map((claim) => ({ ...claim, claimedAt: claim.claimedAt.toISOString() })),
    mayDecide: may(actor, 'organisations.decide'),
  }
}

export async function action(args: ActionFunctionArgs) {
  const actor = await requireMay(args, 'platform', 'organisations.decide')
  const { ground } = args.context
  const form = await args.request.formData()
  const claimId = word(form, 'claim')
  const intent = intentOf(form, ['upheld', 'dismissed'])
  const { result } = await settleClaim(ground, actor, { claimId, decision: intent, reason: word(form, 'reason') })
  switch (result) {
    case 'upheld':
    case 'dismissed':
      return redirect('/operator/admissions?decided=yes', 303)
    case 'already-settled':
      return data({ claimId, said: 'admissions-not-waiting' as const }, { status: 409 })
    case 'invalid-reason':
      return data({ claimId, said: 'admissions-reason-invalid' as const }, { status: 422 })
    case 'unknown-claim':
      throw notFound()
    case 'forbidden':
      throw forbidden()
  }
}

export default function Admissions() {
  const text = useText()
  const { waiting, claims, mayDecide } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const [search] = useSearchParams()
  return (
    <>
      <PageHeading title={text('admissions-title')} lede={text('admissions-lede')} />
      <div className="stack">
        {search.get('decided') === 'yes' ? (
          <Banner tone="good" announce>
            <p>{text('admissions-done')}</p>
          </Banner>
        ) : null}
        {waiting.length === 0 ? (
          <Empty title={text('admissions-none')}>{text('admissions-none-hint')}</Empty>
        ) : (
          <Panel>
            <Table
              caption={text('admissions-caption')}
              rows={waiting}
              rowKey={(row) => row.id}
              columns={[
                {
                  label: text('organisations-name'),
                  cell: (row) => (
                    <Link className="row-link" to={`/operator/organisations/${row.id}#decide`}>
                      {row.legalName ?? row.name}
                    </Link>
                  ),
                },
                { label: text('join-country'), cell: (row) => row.country },
                { label: text('admissions-asked'), cell: (row) => <Moment at={row.askedAt} short /> },
                { label: text('admissions-from'), cell: (row) => text(`admissions-from-${row.from}`) },
                { label: text('admissions-networks'), cell: (row) => row.claims },
              ]}
            />
          </Panel>
        )}
        <section className="stack" aria-labelledby="claims">
          <h2 id="claims">{text('admissions-claims')}</h2>
          {claims.length === 0 ? (
            <p className="text-soft">{text('admissions-claims-none')}</p>
          ) : (
            <ul className="stack">
              {claims.map((claim) => (
                <li className="panel grid gap-3" key={claim.id} data-claim={claim.id}>
                  <h3>
                    <Link to={`/operator/organisations/${claim.orgId}`}>{claim.orgName}</Link>
                  </h3>
                  <p>
                    {text('admissions-claim-text', {
                      person: claim.personName,
                      email: claim.email,
                      company: claim.orgName,
                    })}
                  </p>
                  <p className="text-soft">
                    <Moment at={claim.claimedAt} />
                  </p>
                  {mayDecide ? (
                    <Form method="post" className="form-grid" autoComplete="off">
                      <input type="hidden" name="claim" value={claim.id} />
                      <TextField
                        id={`reason-${claim.id}`}
                        name="reason"
                        label={text('admissions-reason')}
                        hint={text('admissions-reason-hint')}
                        complaint={answer?.claimId === claim.id ? text(answer.said) : undefined}
                      />
                      <div className="flex flex-wrap gap-2">
                        <button className="button" type="submit" name="intent" value="dismissed">
                          {text('admissions-dismiss')}
                        </button>
                        <button className="button" type="submit" name="intent" value="upheld">
                          {text('admissions-uphold')}
                        </button>
                      </div>
                    </Form>
                  ) : null}
                </li>
              ))}
            </ul>
          )}
        </section>
      </div>
    </>
  )
}
