import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node'
import { Form, Link, useLoaderData } from '@remix-run/react'
import { findRehearsal } from '../../delivery/find-rehearsals.ts'
import { sayStep, stepTitles } from '../../delivery/rehearsal-words.ts'
import { describeActor } from '../../people/describe-actor.ts'
import { may } from '../../people/may.ts'
import { notFound, requireMay } from '../access.server.ts'
import { languageOf } from '../language/language.server.ts'
import { titleText, useText } from '../language/use-text.ts'
import { RehearsalState, StepBadge } from '../ui/endpoint-state.tsx'
import { useFresh } from '../ui/live.tsx'
import { Moment } from '../ui/moment.tsx'
import { Banner } from '../ui/notice-banner.tsx'
import { Id, PageHeading, Panel } from '../ui/page.tsx'

export const meta: MetaFunction = ({ matches }) => [{ title: `${titleText(matches)('rehearsal-title')} · Noticeline` }]

export async function loader(args: LoaderFunctionArgs) {
  const actor = await requireMay(args, 'provider', 'endpoints.read')
  const { ground } = args.context
  const found = await findRehearsal(ground, actor, args.params['rehearsalId'] ?? '')
  if (found.result !== 'found') throw notFound()
  const language = languageOf(args.request, (await describeActor(ground, actor)).locale)
  const { id, endpointId, state, startedAt, card } = found.rehearsal
  return {
    id,
    endpointId,
    state,
    startedAt: startedAt.toISOString(),
    mayRehearse: may(actor, 'endpoints.write'),
    card: card.map((step) => ({
      name: step.name,
      title: stepTitles[step.name][language],
      result: step.result,
      said: sayStep(step, language),
      at: step.at?.toISOString() ?? null,
      ms: step.ms,
    })),
  }
}

export default function Rehearsal() {
  const text = useText()
  const { id, endpointId, state, startedAt, card, mayRehearse } = useLoaderData<typeof loader>()
  useFresh(1500, state === 'running')
  return (
    <>
      <PageHeading
        title={text('rehearsal-title')}
        lede={text('rehearsal-lede')}
        back={{ to: `/provider/endpoints/${endpointId}`, label: text('endpoint-title') }}
      >
        <RehearsalState state={state} />
      </PageHeading>
      <div className="stack">
        {state === 'running' ? (
          <Banner tone="wait" announce>
            <p className="mb-2">{text('rehearsal-running')}</p>
            <Link className="button" to={`/provider/rehearsals/${id}`} reloadDocument>
              {text('rehearsal-look')}
            </Link>
          </Banner>
        ) : (
          <Banner tone={state === 'passed' ? 'good' : 'alarm'} announce>
            <p>{text(`rehearsal-${state}`)}</p>
          </Banner>
        )}
        <Panel title={text('rehearsal-steps')} id="card">
          <p className="mb-4 text-soft">
            <Moment at={startedAt} /> <Id>{id}</Id>
          </p>
          <ol className="grid gap-4">
            {card.map((step) => (
              <li key={step.name} data-step={step.name} data-result={step.result}>
                <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
                  <strong>{step.title}</strong>
                  <StepBadge result={step.result} />
                </div>
                {step.said ? <p>{step.said}</p> : null}
                {step.at ? (
                  <p className="text-sm text-soft">
                    <Moment at={step.at} short />
                    {step.ms === null ? '' : ` · ${step.ms} ms`}
                  </p>
                ) : null}
              </li>
            ))}
          </ol>
        </Panel>
        {mayRehearse && state !== 'running' ? (
          <Form method="post" action={`/provider/endpoints/${endpointId}`}>
            <button className="button button-lead" type="submit" name="intent" value="rehearse">
              {text('rehearsal-again')}
            </button>
          </Form>
        ) : null}
      </div>
    </>
  )
}
