import { type ActionFunctionArgs, data, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node'
import { Form, useActionData, useLoaderData } from '@remix-run/react'
import { answerProofMail, openProofMail } from '../../attribution/prove-claim.ts'
import { intentOf } from '../forms.server.ts'
import { titleText, useText } from '../language/use-text.ts'
import { Banner } from '../ui/notice-banner.tsx'

export const meta: MetaFunction = ({ matches }) => [{ title: `${titleText(matches)('proof-mail-title')} · Noticeline` }]

/** The secret in the address says which claim; it was mailed to the mailbox that the registry names. Opening changes nothing. */
export async function loader({ params, context: { ground } }: LoaderFunctionArgs) {
  const opened = await openProofMail(ground, params['token'] ?? '')
  return data(opened, { status: opened.result === 'valid' ? 200 : 410 })
}

export async function action({ params, request, context: { ground } }: ActionFunctionArgs) {
  const intent = intentOf(await request.formData(), ['agree', 'refuse'])
  const { result } = await answerProofMail(ground, params['token'] ?? '', intent)
  return data({ said: result }, { status: result === 'proven' || result === 'refused' ? 200 : 410 })
}

export default function ProofMail() {
  const text = useText()
  const opened = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const said = answer?.said ?? (opened.result === 'valid' ? null : opened.result)
  return (
    <div className="wrap">
      <div className="stack mx-auto max-w-xl">
        <h1>{text('proof-mail-title')}</h1>
        {said ? (
          <Banner tone={said === 'proven' || said === 'refused' ? 'good' : 'wait'} announce={answer !== undefined}>
            <p>{text(`proof-mail-${said}`)}</p>
          </Banner>
        ) : opened.result === 'valid' ? (
          <>
            <p>
              {text('proof-mail-ask', {
                company: opened.orgName,
                country: opened.country,
                network: opened.network,
              })}
            </p>
            <p className="text-soft">{text('proof-mail-why', { handle: opened.handle })}</p>
            <Form method="post" className="panel flex flex-wrap gap-2">
              <button className="button" type="submit" name="intent" value="refuse">
                {text('proof-mail-no')}
              </button>
              <button className="button" type="submit" name="intent" value="agree">
                {text('proof-mail-yes')}
              </button>
            </Form>
          </>
        ) : null}
      </div>
    </div>
  )
}
