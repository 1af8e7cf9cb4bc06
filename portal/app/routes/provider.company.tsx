import { type ActionFunctionArgs, data, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node'
import { Form, useActionData, useLoaderData } from '@remix-run/react'
import { declareAdherence } from '../../people/change-organisation.ts'
import { describeActor } from '../../people/describe-actor.ts'
import { findConsents, giveConsent, servedRegimes, withdrawConsent } from '../../people/give-consent.ts'
import { forbidden, requireMay } from '../access.server.ts'
import { acceptTermsNow, type CompanyAnswer, readCompany, saveCompany } from '../company.server.ts'
import { complain, given, instant, intentOf, word } from '../forms.server.ts'
import { languageOf } from '../language/language.server.ts'
import { textIn } from '../language/text.ts'
import { titleText, useText } from '../language/use-text.ts'
import { CompanyForm, TermsPanel } from '../ui/company-form.tsx'
import { TextField } from '../ui/field.tsx'
import { Badge } from '../ui/headline.tsx'
import { Moment } from '../ui/moment.tsx'
import { Banner } from '../ui/notice-banner.tsx'
import { PageHeading, Panel } from '../ui/page.tsx'

export const meta: MetaFunction = ({ matches }) => [{ title: `${titleText(matches)('company-title')} · Noticeline` }]

export async function loader(args: LoaderFunctionArgs) {
  const actor = await requireMay(args, 'provider', 'company.read')
  const { ground } = args.context
  const [company, consents] = await Promise.all([readCompany(ground, actor), findConsents(ground, actor)])
  if (consents.result !== 'found') throw forbidden()
  return {
    company,
    regimes: servedRegimes,
    consents: consents.consents.map((consent) => ({
      regime: consent.regime,
      givenAt: consent.givenAt.toISOString(),
      givenBy: consent.givenBy,
      withdrawnAt: consent.withdrawnAt?.toISOString() ?? null,
      withdrawnBy: consent.withdrawnBy,
    })),
  }
}

export async function action(args: ActionFunctionArgs) {
  const actor = await requireMay(args, 'provider', 'company.read')
  const { ground } = args.context
  const form = await args.request.formData()
  const text = textIn(languageOf(args.request, (await describeActor(ground, actor)).locale))
  const done = data<CompanyAnswer>({ said: 'company-consent-done', complaints: [], draft: null })
  const intent = intentOf(form, ['save', 'terms', 'give', 'withdraw', 'adhere', 'no-longer'])
  switch (intent) {
    case 'save': {
      const { answer, status } = await saveCompany(ground, actor, form, text)
      return data(answer, { status })
    }
    case 'terms':
      return data(await acceptTermsNow(ground, actor, form))
    case 'give':
    case 'withdraw': {
      const act = intent === 'give' ? giveConsent : withdrawConsent
      const { result } = await act(ground, actor, word(form, 'regime'))
      if (result === 'forbidden') throw forbidden()
      if (result === 'unknown-regime') throw new Response(null, { status: 400 })
      return done
    }
    case 'adhere':
    case 'no-longer': {
      const since = intent === 'adhere' ? new Date(instant(given(form, 'since')) ?? '') : null
      const { result } = await declareAdherence(ground, actor, since)
      if (result === 'forbidden') throw forbidden()
      if (result !== 'in-future') return done
      const complaints = [complain(text, 'since', 'company-adheres-future')]
      return data<CompanyAnswer>({ said: null, complaints, draft: null }, { status: 422 })
    }
  }
}

export default function Company() {
  const text = useText()
  const { company, consents, regimes } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const complaints = answer?.complaints ?? []
  return (
    <>
      <PageHeading title={text('company-title')} lede={text('company-lede')} />
      <div className="stack">
        {answer?.said ? (
          <Banner tone={answer.said === 'company-unchanged' ? 'calm' : 'good'} announce>
            <p>{text(answer.said)}</p>
          </Banner>
        ) : null}
        <p>
          {text('company-standing')}:{' '}
          <Badge
            tone={company.standing === 'admitted' ? 'good' : 'wait'}
            icon={company.standing === 'admitted' ? 'check' : 'clock'}
          >
            {text.code('standing', company.standing)}
          </Badge>
        </p>
        <CompanyForm
          key={answer?.said ?? 'form'}
          values={answer?.draft ?? company.values}
          writable={company.may.write}
          complaints={complaints.filter(({ field }) => field !== 'since')}
        />
        <Adherence
          since={company.adheresSince}
          writable={company.may.write}
          complaint={complaints.find(({ field }) => field === 'since')?.message}
        />
        <Consents consents={consents} regimes={regimes} writable={company.may.consent} />
        {company.terms ? (
          <TermsPanel terms={company.terms} organisation={company.name} mayAccept={company.may.accept} />
        ) : null}
      </div>
    </>
  )
}

function Adherence({
  since,
  writable,
  complaint,
}: {
  since: string | null
  writable: boolean
  complaint: string | undefined
}) {
  const text = useText()
  return (
    <Panel title={text('company-code')} id="code">
      <div className="grid gap-3">
        <p className="text-soft">{text('company-code-text')}</p>
        <p>
          {since ? (
            <>
              {text('company-adheres')} <Moment at={since} />
            </>
          ) : (
            text('company-adheres-not')
          )}
        </p>
        {!writable ? null : since ? (
          <Form method="post">
            <button className="button" type="submit" name="intent" value="no-longer">
              {text('company-adheres-withdraw')}
            </button>
          </Form>
        ) : (
          <Form method="post" className="form-grid" noValidate>
            <TextField
              name="since"
              type="datetime-local"
              label={text('company-adheres-field')}
              hint={text('company-adheres-hint')}
              complaint={complaint}
            />
            <div>
              <button className="button" type="submit" name="intent" value="adhere">
                {text('company-adheres-declare')}
              </button>
            </div>
          </Form>
        )}
      </div>
    </Panel>
  )
}

interface ConsentLine {
  regime: string
  givenAt: string
  givenBy: string
  withdrawnAt: string | null
  withdrawnBy: string | null
}

function Consents({
  consents,
  regimes,
  writable,
}: {
  consents: readonly ConsentLine[]
  regimes: readonly string[]
  writable: boolean
}) {
  const text = useText()
  const earlier = consents.filter(({ withdrawnAt }) => withdrawnAt !== null)
  return (
    <Panel title={text('company-consents')} id="consents">
      <div className="grid gap-4">
        <p className="text-soft">{text('company-consents-text')}</p>
        <ul className="grid gap-4">
          {regimes.map((regime) => {
            const standing = consents.find((one) => one.regime === regime && one.withdrawnAt === null)
            const name = text.code('regime', regime)
            return (
              <li key={regime} className="grid gap-2" data-consent={regime}>
                <h3>{name}</h3>
                <p>
                  {standing ? (
                    <>
                      {text('company-consent-given')} <Moment at={standing.givenAt} />{' '}
                      {text('company-consent-by', { person: standing.givenBy })}
                    </>
                  ) : (
                    text('company-consent-none')
                  )}
                </p>
                {writable ? (
                  <Form method="post">
                    <input type="hidden" name="regime" value={regime} />
                    <button className="button" type="submit" name="intent" value={standing ? 'withdraw' : 'give'}>
                      {text(standing ? 'company-consent-withdraw' : 'company-consent-give', { regime: name })}
                    </button>
                  </Form>
                ) : null}
              </li>
            )
          })}
        </ul>
        {writable ? null : <p className="hint">{text('company-only-owner')}</p>}
        {earlier.length > 0 ? (
          <details>
            <summary>{text('company-history')}</summary>
            <ul className="mt-3 grid gap-2">
              {earlier.map((one) => (
                <li key={`${one.regime}${one.givenAt}`}>
                  {text.code('regime', one.regime)}: {text('company-consent-given')} <Moment at={one.givenAt} />{' '}
                  {text('company-consent-by', { person: one.givenBy })}, {text('company-consent-withdrawn')}{' '}
                  <Moment at={one.withdrawnAt ?? one.givenAt} />{' '}
                  {text('company-consent-by', { person: one.withdrawnBy ?? '' })}
                </li>
              ))}
            </ul>
          </details>
        ) : null}
      </div>
    </Panel>
  )
}
