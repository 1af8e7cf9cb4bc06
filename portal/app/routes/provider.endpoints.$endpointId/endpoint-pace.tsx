import type { SerializeFrom } from '@remix-run/node'
import { Form } from '@remix-run/react'
import { useText } from '../../language/use-text.ts'
import { Complaints, TextField } from '../../ui/field.tsx'
import { Moment } from '../../ui/moment.tsx'
import { Pairs, Panel } from '../../ui/page.tsx'
import type { EndpointAnswer } from './act-on-endpoint.server.ts'
import type { EndpointPage } from './read-endpoint.server.ts'

/** How fast it is served: what its owner set, what it asks for itself, and whether it rests. */
export function Pace({ page, answer }: { page: SerializeFrom<EndpointPage>; answer: EndpointAnswer | undefined }) {
  const text = useText()
  const { endpoint } = page
  const complaints = answer?.complaints.filter(({ field }) => field === 'in_flight') ?? []
  const set = endpoint.inFlight === null ? '' : String(endpoint.inFlight)
  return (
    <Panel title={text('pace-title')} id="pace">
      <Pairs
        pairs={[
          [text('pace-in-flight'), set === '' ? text('pace-in-flight-default') : set],
          [text('pace-allowed'), allowed(text, endpoint)],
          [text('endpoint-failures'), String(endpoint.failures)],
          [
            text('pace-rests'),
            endpoint.restsUntil ? (
              <span key="rests">
                {text('pace-rests-until')} <Moment at={endpoint.restsUntil} />
              </span>
            ) : (
              text('pace-rests-not')
            ),
          ],
        ]}
      />
      {endpoint.failures > 0 ? <p className="mt-4 text-soft">{text('pace-failing-hint')}</p> : null}
      {page.may.write && endpoint.state !== 'retired' ? (
        <Form method="post" className="form-grid mt-4" noValidate>
          <Complaints complaints={complaints} />
          <TextField
            name="in_flight"
            label={text('pace-in-flight')}
            hint={text('pace-in-flight-hint')}
            value={answer?.draft.in_flight ?? set}
            complaint={complaints[0]?.message}
            inputMode="numeric"
            optional
          />
          <div>
            <button className="button" type="submit" name="intent" value="pace">
              {text('pace-save')}
            </button>
          </div>
        </Form>
      ) : null}
    </Panel>
  )
}

function allowed(text: ReturnType<typeof useText>, endpoint: { allowedRate: number | null; allowsAll: boolean }) {
  if (endpoint.allowedRate === null) return text('pace-allowed-none')
  return endpoint.allowsAll ? text('pace-allowed-all') : text('pace-allowed-of', { rate: endpoint.allowedRate })
}
