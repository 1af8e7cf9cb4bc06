import { type ActionFunctionArgs, data, type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/node'
import { Form, Link, useActionData, useRouteLoaderData } from '@remix-run/react'
import { askToJoin } from '../../people/ask-to-join.ts'
import { findActor, homeOf } from '../access.server.ts'
import { type Complaint, complaintsOf, word } from '../forms.server.ts'
import { languageOf } from '../language/language.server.ts'
import { textIn } from '../language/text.ts'
import { titleText, useText } from '../language/use-text.ts'
import { Complaints, TextField } from '../ui/field.tsx'
import { Banner } from '../ui/notice-banner.tsx'

export const meta: MetaFunction = ({ matches }) => [{ title: `${titleText(matches)('join-title')} · Noticeline` }]

export async function loader(args: LoaderFunctionArgs) {
  const actor = await findActor(args)
  if (actor) throw redirect(homeOf(actor))
  return null
}

interface Answer {
  sent: boolean
  complaints: Complaint[]
  draft: Record<string, string>
}

const labels = {
  '/companyName': ['companyName', 'join-company'],
  '/country': ['country', 'join-country'],
  '/email': ['email', 'join-email'],
  '/personName': ['personName', 'join-person'],
} as const

/** The answer is the same whether or not somebody knows this mailbox. */
export async function action({ request, context: { ground } }: ActionFunctionArgs) {
  const form = await request.formData()
  const locale = languageOf(request)
  const draft = Object.fromEntries(Object.values(labels).map(([name]) => [name, word(form, name)]))
  const asked = await askToJoin(ground, { ...draft, locale })
  if (asked.result === 'asked') return data<Answer>({ sent: true, complaints: [], draft: {} })
  const text = textIn(locale)
  const complaints = complaintsOf(asked.errors, text, (pointer) => {
    const [field, key] = labels[pointer as keyof typeof labels] ?? []
    return field && key ? { field, label: text(key) } : null
  })
  return data<Answer>({ sent: false, complaints, draft }, { status: 422 })
}

const reasons = [1, 2, 3] as const

export default function Join() {
  const text = useText()
  const answer = useActionData<typeof action>()
  const root = useRouteLoaderData('root') as { mode?: string } | undefined
  const mailbox = root?.mode === 'demo' || root?.mode === 'development'
  const about = (field: string) => answer?.complaints.find((complaint) => complaint.field === field)?.message
  return (
    <div className="wrap">
      <div className="stack mx-auto max-w-2xl">
        <h1>{text('join-title')}</h1>
        {answer?.sent ? (
          <>
            <Banner tone="good" announce>
              <p>{text('join-sent')}</p>
            </Banner>
            <p className="text-soft">{text('join-sent-hint')}</p>
          </>
        ) : (
          <>
            <p>{text('join-lede')}</p>
            <ol className="grid list-decimal gap-2 pl-6 text-soft">
              {reasons.map((reason) => (
                <li key={reason}>{text(`join-why-${reason}`)}</li>
              ))}
            </ol>
            <Form method="post" className="panel form-grid" noValidate>
              <Complaints complaints={answer?.complaints ?? []} />
              <TextField
                name="companyName"
                label={text('join-company')}
                autoComplete="organization"
                value={answer?.draft['companyName']}
                complaint={about('companyName')}
              />
              <TextField
                name="country"
                label={text('join-country')}
                hint={text('join-country-hint')}
                value={answer?.draft['country'] ?? 'NL'}
                complaint={about('country')}
                code
              />
              <TextField
                name="email"
                type="email"
                label={text('join-email')}
                hint={text('join-email-hint')}
                autoComplete="email"
                value={answer?.draft['email']}
                complaint={about('email')}
              />
              <TextField
                name="personName"
                label={text('join-person')}
                autoComplete="name"
                value={answer?.draft['personName']}
                complaint={about('personName')}
              />
              <div>
                <button className="button button-lead" type="submit">
                  {text('join-send')}
                </button>
              </div>
            </Form>
            <p>
              {text('join-already')} <Link to="/sign-in">{text('nav-sign-in')}</Link>
            </p>
          </>
        )}
        {mailbox ? (
          <p>
            <a href="/mailbox">{text('join-mailbox')}</a>
          </p>
        ) : null}
      </div>
    </div>
  )
}
