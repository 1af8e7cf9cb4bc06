import { type ActionFunctionArgs, data, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node'
import { Form, Link, useActionData, useLoaderData, useRouteLoaderData } from '@remix-run/react'
import { openAnswerLink } from '../../delivery/answer-link.ts'
import { askToClaim, describeClaimed } from '../../people/ask-to-join.ts'
import { word } from '../forms.server.ts'
import { languageOf } from '../language/language.server.ts'
import { titleText, useText } from '../language/use-text.ts'
import { TextField } from '../ui/field.tsx'
import { Banner } from '../ui/notice-banner.tsx'

export const meta: MetaFunction = ({ matches }) => [{ title: `${titleText(matches)('claim-title')} · Noticeline` }]

/** The link of the pointer mail says which company; asking changes nothing but that a mail goes to its own mailbox. */
export async function loader({ params, context: { ground } }: LoaderFunctionArgs) {
  const link = await openAnswerLink(ground, params.token ?? '')
  if (link.result !== 'valid') return data({ result: link.result, company: null }, { status: 410 })
  const company = await describeClaimed(ground, link.orgId)
  return data({ result: link.result, company })
}

export async function action({ params, request, context: { ground } }: ActionFunctionArgs) {
  const link = await openAnswerLink(ground, params.token ?? '')
  if (link.result !== 'valid') return data({ said: link.result, personName: '' }, { status: 410 })
  const personName = word(await request.formData(), 'personName')
  const asked = await askToClaim(ground, link, { personName, locale: languageOf(request) })
  switch (asked.result) {
    case 'asked':
      return data({ said: 'sent' as const, personName: '' })
    case 'invalid':
      return data({ said: 'invalid' as const, personName }, { status: 422 })
    case 'unknown-company':
      return data({ said: 'unknown' as const, personName: '' }, { status: 410 })
  }
}

export default function Claim() {
  const text = useText()
  const { result, company } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const root = useRouteLoaderData('root') as { mode?: string } | undefined
  const gone = answer && answer.said !== 'sent' && answer.said !== 'invalid' ? answer.said : null
  const failed = gone ?? (result === 'valid' ? null : result)
  return (
    <div className="wrap">
      <div className="stack mx-auto max-w-xl">
        <h1>{text('claim-title')}</h1>
        {failed || !company ? (
          <>
            <Banner tone="wait" announce={answer !== undefined}>
              <p>{text(`claim-${failed ?? 'unknown'}`)}</p>
            </Banner>
            <p>
              <Link className="button button-lead" to="/join">
                {text('claim-instead')}
              </Link>
            </p>
          </>
        ) : answer?.said === 'sent' ? (
          <>
            <Banner tone="good" announce>
              <p>{text('claim-sent')}</p>
            </Banner>
            <p className="text-soft">{text('join-sent-hint')}</p>
            {root?.mode === 'demo' || root?.mode === 'development' ? (
              <p>
                <a href="/mailbox">{text('join-mailbox')}</a>
              </p>
            ) : null}
          </>
        ) : (
          <>
            <p>{text(company.owned ? 'claim-lede-owned' : 'claim-lede', { company: company.name })}</p>
            <Form method="post" className="panel form-grid" noValidate>
              <TextField
                name="personName"
                label={text('join-person')}
                autoComplete="name"
                value={answer?.personName}
                complaint={answer?.said === 'invalid' ? text('complaint.invalid') : undefined}
              />
              <p className="hint">{text('claim-why')}</p>
              <div>
                <button className="button button-lead" type="submit">
                  {text('claim-send')}
                </button>
              </div>
            </Form>
          </>
        )}
      </div>
    </div>
  )
}
