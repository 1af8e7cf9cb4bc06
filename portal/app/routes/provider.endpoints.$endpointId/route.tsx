import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node'
import { Form, Link, useActionData, useLoaderData } from '@remix-run/react'
import { describeActor } from '../../../people/describe-actor.ts'
import { requireFresh, requireMay } from '../../access.server.ts'
import { intentOf } from '../../forms.server.ts'
import type { TextKey } from '../../language/catalogue.ts'
import { languageOf } from '../../language/language.server.ts'
import { textIn } from '../../language/text.ts'
import { titleText, useText } from '../../language/use-text.ts'
import type { BindableNetwork } from '../../ui/endpoint-networks.tsx'
import { EndpointState, RehearsalState } from '../../ui/endpoint-state.tsx'
import { Moment } from '../../ui/moment.tsx'
import { Banner } from '../../ui/notice-banner.tsx'
import { Id, PageHeading, Pairs, Panel } from '../../ui/page.tsx'
import { actOnEndpoint, endpointActs, keyActs } from './act-on-endpoint.server.ts'
import { ChangeForms, KeyList } from './endpoint-keys.tsx'
import { Pace } from './endpoint-pace.tsx'
import { readEndpointPage, refusalFrom } from './read-endpoint.server.ts'

export const meta: MetaFunction = ({ matches }) => [{ title: `${titleText(matches)('endpoint-title')} · Noticeline` }]

const sayings: Readonly<Record<string, TextKey>> = {
  registered: 'endpoint-registered',
  'registered-poll': 'endpoint-registered-poll',
  verified: 'endpoint-verify-done',
  paused: 'endpoint-paused',
  resumed: 'endpoint-resumed',
  removed: 'endpoint-removed',
  changed: 'endpoint-changed',
  keys: 'keys-done',
}

export async function loader(args: LoaderFunctionArgs) {
  const actor = await requireMay(args, 'provider', 'endpoints.read')
  const { ground } = args.context
  const page = await readEndpointPage(ground, actor, args.params['endpointId'] ?? '')
  const { searchParams } = new URL(args.request.url)
  const language = languageOf(args.request, (await describeActor(ground, actor)).locale)
  return {
    ...page,
    said: sayings[searchParams.get('said') ?? ''] ?? null,
    refusal: refusalFrom(searchParams, language),
  }
}

export async function action(args: ActionFunctionArgs) {
  const actor = await requireMay(args, 'provider', 'endpoints.write')
  const { ground } = args.context
  const form = await args.request.formData()
  const intent = intentOf(form, endpointActs)
  if (keyActs.includes(intent)) await requireFresh(args)
  const text = textIn(languageOf(args.request, (await describeActor(ground, actor)).locale))
  return actOnEndpoint(ground, actor, args.params['endpointId'] ?? '', intent, form, text)
}

export default function EndpointPage() {
  const text = useText()
  const page = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const { endpoint, said, refusal } = page
  return (
    <>
      <PageHeading
        title={endpoint.description ?? text('endpoint-title')}
        lede={<Id>{endpoint.id}</Id>}
        back={{ to: '/provider/endpoints', label: text('nav-endpoints') }}
      >
        <EndpointState state={endpoint.state} />
      </PageHeading>
      <div className="stack">
        {said && !answer ? (
          <Banner tone="good" announce>
            <p>{text(said)}</p>
          </Banner>
        ) : null}
        {refusal && !answer ? (
          <Banner tone="alarm" announce>
            <p>
              <strong>{text('endpoint-verify-refused')}</strong> {refusal}
            </p>
          </Banner>
        ) : null}
        {answer?.said ? (
          <Banner tone="alarm" announce>
            <p>{text(answer.said)}</p>
          </Banner>
        ) : null}
        <div className="columns">
          <div className="stack">
            <About endpoint={endpoint} bindable={page.bindable} />
            {page.may.write && endpoint.state !== 'retired' ? <Acts endpoint={endpoint} /> : null}
            {endpoint.url === null ? null : <Pace page={page} answer={answer} />}
            <KeyList page={page} />
            {page.may.write && endpoint.state !== 'retired' ? <ChangeForms page={page} answer={answer} /> : null}
          </div>
          <div className="stack">
            <Panel title={text('rehearsal-history')} id="rehearsals">
              {page.rehearsals.length === 0 ? (
                <p className="text-soft">{text('endpoint-never-rehearsed')}</p>
              ) : (
                <ul className="grid gap-3">
                  {page.rehearsals.map((one) => (
                    <li key={one.id}>
                      <RehearsalState state={one.state} />
                      <Link className="crumb block" to={`/provider/rehearsals/${one.id}`}>
                        <Moment at={one.at} short />
                      </Link>
                    </li>
                  ))}
                </ul>
              )}
            </Panel>
            <Panel title={text('endpoint-configure')} id="configure">
              <Pairs
                pairs={[
                  [text('endpoint-issuer'), <Id key="issuer">{endpoint.issuer}</Id>],
                  [text('endpoint-audience'), <Id key="audience">{endpoint.audience}</Id>],
                  [text('endpoint-poll-url'), <Id key="poll">{endpoint.pollUrl}</Id>],
                ]}
              />
            </Panel>
          </div>
        </div>
      </div>
    </>
  )
}

type Shown = ReturnType<typeof useLoaderData<typeof loader>>['endpoint']

function About({ endpoint, bindable }: { endpoint: Shown; bindable: readonly BindableNetwork[] }) {
  const text = useText()
  const served = bindable.filter(({ id }) => endpoint.networks.includes(id))
  const negotiated = endpoint.mediaType === 'application/json'
  return (
    <Panel>
      <p className="mb-4 text-soft">{text(`endpoint-state-hint.${endpoint.state}`)}</p>
      {endpoint.stateReason ? (
        <p className="mb-4">
          {text('endpoint-state-reason')}: {endpoint.stateReason}
        </p>
      ) : null}
      <Pairs
        pairs={[
          [
            text('endpoint-address'),
            <span className="wrap-anywhere" key="url">
              {endpoint.url ?? text('endpoint-stream')}
            </span>,
          ],
          endpoint.url !== null && [
            text('endpoint-verified'),
            endpoint.verifiedAt ? (
              <span key="verified">
                <Moment at={endpoint.verifiedAt} />{' '}
                {endpoint.verifiedGrade ? `· ${text(`endpoint-grade.${endpoint.verifiedGrade}`)}` : ''}
              </span>
            ) : (
              text('endpoint-verified-not')
            ),
          ],
          endpoint.url !== null && [
            text('endpoint-media-type'),
            <span key="media">
              <code className="id">{endpoint.mediaType}</code>
              {negotiated ? <span className="block text-sm text-soft">{text('endpoint-media-type-hint')}</span> : null}
            </span>,
          ],
          endpoint.url !== null && [
            text('endpoint-networks'),
            served.length === 0 ? (
              text('endpoint-networks-all')
            ) : (
              <span className="grid" key="networks">
                {served.map(({ id, written, isOver }) => (
                  <span key={id}>
                    <code className="id">{written}</code> {isOver ? `(${text('endpoint-networks-over')})` : ''}
                  </span>
                ))}
              </span>
            ),
          ],
          endpoint.jwksUri && [
            text('endpoint-jwks-uri'),
            <span className="wrap-anywhere" key="jwks">
              {endpoint.jwksUri}
            </span>,
          ],
        ]}
      />
    </Panel>
  )
}

function Acts({ endpoint }: { endpoint: Shown }) {
  const text = useText()
  const act = (intent: string, label: TextKey, hint: TextKey | null, look = '') => (
    <div>
      <button className={`button ${look}`.trim()} type="submit" name="intent" value={intent}>
        {text(label)}
      </button>
      {hint ? <p className="hint mt-1">{text(hint)}</p> : null}
    </div>
  )
  const pushed = endpoint.url !== null
  return (
    <Panel title={text('endpoint-acts')} id="acts">
      <Form method="post" className="form-grid">
        {endpoint.state !== 'paused'
          ? act('rehearse', 'endpoint-rehearse', 'endpoint-rehearse-hint', 'button-lead')
          : null}
        {pushed ? act('verify', 'endpoint-verify', 'endpoint-verify-hint') : null}
        {endpoint.state === 'paused'
          ? act('resume', 'endpoint-resume', null)
          : act('pause', 'endpoint-pause', 'endpoint-pause-hint')}
        {act('remove', 'endpoint-remove', 'endpoint-remove-hint', 'button-alarm')}
      </Form>
    </Panel>
  )
}
