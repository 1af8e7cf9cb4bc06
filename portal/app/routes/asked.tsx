import { type ActionFunctionArgs, data, type MetaFunction } from '@remix-run/node'
import { Form, useActionData } from '@remix-run/react'
import { wasAsked } from '../../delivery/was-asked.ts'
import { inEvenTime, mayAsk } from '../asked-limit.server.ts'
import { word } from '../forms.server.ts'
import { titleText, useText } from '../language/use-text.ts'
import { TextField } from '../ui/field.tsx'
import { Banner } from '../ui/notice-banner.tsx'

export const meta: MetaFunction = ({ matches }) => [{ title: `${titleText(matches)('asked-title')} · Noticeline` }]

/** "Did you send notice X to domain Y?" Yes or no; the number and the domain are known to whoever got the mail. */
export async function action({ request, context: { ground, client } }: ActionFunctionArgs) {
  const form = await request.formData()
  const question = { number: word(form, 'number').slice(0, 100), domain: word(form, 'domain').slice(0, 254) }
  if (!(await mayAsk(client.ip ?? 'unknown'))) return data({ answer: 'limited', ...question } as const, { status: 429 })
  const yes = await inEvenTime(() => wasAsked(ground, question))
  return data({ answer: yes ? 'yes' : 'no', ...question } as const)
}

export default function DidYouSend() {
  const text = useText()
  const asked = useActionData<typeof action>()
  return (
    <div className="wrap">
      <div className="stack mx-auto max-w-xl">
        <h1>{text('asked-title')}</h1>
        {asked ? (
          <Banner tone={asked.answer === 'yes' ? 'good' : 'wait'} announce>
            <p className="font-semibold" data-answer={asked.answer}>
              {text(`asked-${asked.answer}`)}
            </p>
            {asked.answer === 'no' ? <p>{text('asked-no-hint')}</p> : null}
          </Banner>
        ) : null}
        <p>{text('asked-lede')}</p>
        <Form method="post" reloadDocument className="panel form-grid" autoComplete="off" noValidate>
          <TextField
            name="number"
            label={text('asked-number')}
            hint={text('asked-number-hint')}
            value={asked?.number}
            code
          />
          <TextField
            name="domain"
            label={text('asked-domain')}
            hint={text('asked-domain-hint')}
            value={asked?.domain}
            code
          />
          <div>
            <button className="button button-lead" type="submit">
              {text('asked-ask')}
            </button>
          </div>
        </Form>
      </div>
    </div>
  )
}
