import { type ActionFunctionArgs, data, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node'
import { Link, useActionData, useLoaderData } from '@remix-run/react'
import { describeActor } from '../../people/describe-actor.ts'
import { requireMay } from '../access.server.ts'
import { acceptTermsNow, readCompany, saveCompany } from '../company.server.ts'
import { intentOf } from '../forms.server.ts'
import { languageOf } from '../language/language.server.ts'
import { textIn } from '../language/text.ts'
import { titleText, useText } from '../language/use-text.ts'
import { CompanyForm, TermsPanel } from '../ui/company-form.tsx'
import { Banner } from '../ui/notice-banner.tsx'
import { PageHeading, Pairs, Panel } from '../ui/page.tsx'

export const meta: MetaFunction = ({ matches }) => [
  { title: `${titleText(matches)('company-title-notifier')} · Noticeline` },
]

export async function loader(args: LoaderFunctionArgs) {
  const actor = await requireMay(args, 'notifier', 'company.read')
  return { company: await readCompany(args.context.ground, actor) }
}

export async function action(args: ActionFunctionArgs) {
  const actor = await requireMay(args, 'notifier', 'company.read')
  const { ground } = args.context
  const form = await args.request.formData()
  const text = textIn(languageOf(args.request, (await describeActor(ground, actor)).locale))
  switch (intentOf(form, ['save', 'terms'])) {
    case 'save': {
      const { answer, status } = await saveCompany(ground, actor, form, text)
      return data(answer, { status })
    }
    case 'terms':
      return data(await acceptTermsNow(ground, actor, form))
  }
}

export default function NotifierCompany() {
  const text = useText()
  const { company } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  return (
    <>
      <PageHeading title={text('company-title-notifier')} lede={text('company-lede')}>
        {company.notifierKind === 'authority' ? (
          <Link className="button" to="/notifier/electronic-service">
            {text('nav-electronic-service')}
          </Link>
        ) : null}
      </PageHeading>
      <div className="stack">
        {answer?.said ? (
          <Banner tone={answer.said === 'company-unchanged' ? 'calm' : 'good'} announce>
            <p>{text(answer.said)}</p>
          </Banner>
        ) : null}
        <Panel title={text('company-standing')} id="standing">
          <Pairs
            pairs={[
              [text('invite-kind'), text.code('kind', company.notifierKind ?? '')],
              [text('invite-trusted'), text(company.trustedFlagger ? 'report-yes' : 'report-no')],
              [text('company-standing'), text.code('standing', company.standing)],
            ]}
          />
        </Panel>
        <CompanyForm
          key={answer?.said ?? 'form'}
          values={answer?.draft ?? company.values}
          writable={company.may.write}
          complaints={answer?.complaints ?? []}
        />
        {company.terms ? (
          <TermsPanel terms={company.terms} organisation={company.name} mayAccept={company.may.accept} />
        ) : null}
      </div>
    </>
  )
}
