import { type ActionFunctionArgs, data, type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/node'
import { Form, useActionData, useLoaderData } from '@remix-run/react'
import { addApiToken } from '../../people/add-api-token.ts'
import { describeActor } from '../../people/describe-actor.ts'
import { addEndpoint } from '../../providers/add-endpoint.ts'
import { confirmEndpoint } from '../../providers/confirm-endpoint.ts'
import { forbidden, requireFresh, requireMay } from '../access.server.ts'
import { bindableNetworks } from '../bindable.server.ts'
import {
  draftOf,
  type EndpointDraft,
  endpointComplaints,
  keyComplaint,
  readNetworks,
  readRegistration,
} from '../endpoint-forms.server.ts'
import { type Complaint, intentOf } from '../forms.server.ts'
import { languageOf } from '../language/language.server.ts'
import { textIn } from '../language/text.ts'
import { titleText, useText } from '../language/use-text.ts'
import { NetworksField } from '../ui/endpoint-networks.tsx'
import { Complaints, SelectField, TextArea, TextField } from '../ui/field.tsx'
import { Banner } from '../ui/notice-banner.tsx'
import { PageHeading, Panel } from '../ui/page.tsx'

export const meta: MetaFunction = ({ matches }) => [{ title: `${titleText(matches)('endpoint-add')} · Noticeline` }]

export async function loader(args: LoaderFunctionArgs) {
  const actor = await requireMay(args, 'provider', 'endpoints.write')
  await requireFresh(args)
  const { ground } = args.context
  return { origin: ground.config.origin, networks: await bindableNetworks(ground, actor) }
}

interface Answer {
  complaints: Complaint[]
  draft: EndpointDraft
  chosen: string[]
  /** For the SDK; part of this one answer. */
  token: string | null
}

export async function action(args: ActionFunctionArgs) {
  const actor = await requireMay(args, 'provider', 'endpoints.write')
  await requireFresh(args)
  const { ground } = args.context
  const form = await args.request.formData()
  const text = textIn(languageOf(args.request, (await describeActor(ground, actor)).locale))
  const draft = draftOf(form)
  const chosen = readNetworks(form)
  const refuse = (complaints: Complaint[]) => data<Answer>({ complaints, draft, chosen, token: null }, { status: 422 })
  if (intentOf(form, ['register', 'sdk']) === 'sdk') {
    const wanted = { name: 'SDK', scopes: ['endpoints:write'], live: true, days: 1 }
    const added = await addApiToken(ground, actor, wanted)
    if (added.result === 'too-many') return refuse([{ field: null, message: text('programs-too-many') }])
    if (added.result !== 'added') throw forbidden()
    return data<Answer>({ complaints: [], draft, chosen, token: added.token })
  }
  const { input, complaints } = readRegistration(form, text)
  if (complaints.length > 0) return refuse(complaints)
  const added = await addEndpoint(ground, actor, input)
  switch (added.result) {
    case 'invalid':
      return refuse(endpointComplaints(added.errors, text))
    case 'key-known-elsewhere':
      return refuse(keyComplaint(added.pointer, text))
    case 'forbidden':
      throw forbidden()
    case 'added': {
      const { id } = added.endpoint
      const confirmed = await confirmEndpoint(ground, actor, id)
      const said = confirmed.result === 'confirmed' ? 'registered' : 'refused'
      const sentence = confirmed.result === 'refused' ? `&word=${confirmed.word}&n=${confirmed.n ?? ''}` : ''
      const poll = draft.how === 'poll'
      return redirect(`/provider/endpoints/${id}?said=${poll ? 'registered-poll' : said}${poll ? '' : sentence}`, 303)
    }
  }
}

export default function NewEndpoint() {
  const text = useText()
  const { origin, networks } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const complaints = answer?.complaints ?? []
  const draft = answer?.draft ?? {}
  const about = (field: string) => complaints.find((complaint) => complaint.field === field)?.message
  return (
    <>
      <PageHeading
        title={text('endpoint-add')}
        lede={text('endpoints-lede')}
        back={{ to: '/provider/endpoints', label: text('nav-endpoints') }}
      />
      <div className="stack">
        <Panel title={text('endpoint-how')} id="register">
          <Form method="post" className="form-grid" noValidate autoComplete="off">
            <Complaints complaints={complaints} />
            <SelectField
              name="how"
              label={text('endpoint-how')}
              value={draft.how || 'push'}
              options={[
                { value: 'push', label: text('endpoint-push') },
                { value: 'poll', label: text('endpoint-poll') },
              ]}
            />
            <TextField
              name="url"
              label={text('endpoint-url')}
              hint={text('endpoint-url-hint')}
              value={draft.url}
              complaint={about('url')}
              inputMode="url"
              code
            />
            <TextField
              name="description"
              label={text('endpoint-description')}
              hint={text('endpoint-description-hint')}
              value={draft.description}
              complaint={about('description')}
              optional
            />
            <TextArea
              name="signing_keys"
              label={text('endpoint-signing')}
              hint={text('endpoint-signing-hint')}
              value={draft.signing_keys}
              complaint={about('signing_keys')}
              optional
            />
            <TextField
              name="jwks_uri"
              label={text('endpoint-jwks-uri')}
              hint={text('endpoint-jwks-uri-hint')}
              value={draft.jwks_uri}
              complaint={about('jwks_uri')}
              inputMode="url"
              code
              optional
            />
            <TextArea
              name="sealing_key"
              label={text('endpoint-sealing')}
              hint={text('endpoint-sealing-hint')}
              value={draft.sealing_key}
              complaint={about('sealing_key')}
              optional
            />
            {networks.length > 0 ? (
              <NetworksField networks={networks} chosen={answer?.chosen ?? []} complaint={about('networks')} />
            ) : null}
            <div>
              <button className="button button-lead" type="submit" name="intent" value="register">
                {text('endpoint-register')}
              </button>
            </div>
          </Form>
        </Panel>
        <Panel title={text('endpoint-sdk')} id="sdk">
          <p className="mb-4 text-soft">{text('endpoint-sdk-hint')}</p>
          {answer?.token ? (
            <Banner tone="good" announce>
              <p className="mb-2">{text('endpoint-sdk-lines')}</p>
              <pre className="address whitespace-pre-wrap" translate="no">
                <code>{linesOf(origin, answer.token)}</code>
              </pre>
            </Banner>
          ) : (
            <Form method="post">
              <button className="button" type="submit" name="intent" value="sdk">
                {text('endpoint-sdk-token')}
              </button>
            </Form>
          )}
        </Panel>
      </div>
    </>
  )
}

/** As `examples/node-http` does it. */
function linesOf(origin: string, token: string): string {
  return [
    `const receiver = await createReceiver({ issuer: '${origin}', keys: await loadOrCreateKeys('keys.json'), inbox: fileStore('inbox'), on })`,
    'createServer(nodeHandler(receiver)).listen(8080)',
    `await receiver.connect({ token: '${token}', url: 'https://YOUR-HOST/noticeline' })`,
  ].join('\n')
}
