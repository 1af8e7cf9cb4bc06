import type { SerializeFrom } from '@remix-run/node'
import { Form } from '@remix-run/react'
import { useText } from '../../language/use-text.ts'
import { NetworksField } from '../../ui/endpoint-networks.tsx'
import { Complaints, TextArea, TextField } from '../../ui/field.tsx'
import { Moment } from '../../ui/moment.tsx'
import { Id, Panel } from '../../ui/page.tsx'
import { ConfirmFirst } from '../../ui/programs.tsx'
import { Table } from '../../ui/table.tsx'
import type { EndpointAnswer } from './act-on-endpoint.server.ts'
import type { EndpointPage } from './read-endpoint.server.ts'

type Page = SerializeFrom<EndpointPage>
type Key = Page['keys'][number]

/** Every key there ever was at this endpoint, with the dates of it. */
export function KeyList({ page }: { page: Page }) {
  const text = useText()
  const changes = page.may.change && page.fresh
  return (
    <Panel title={text('keys-title')} id="keys">
      {page.endpoint.jwksUri ? <p className="mb-4 text-soft">{text('keys-published')}</p> : null}
      {page.keys.length === 0 ? (
        <p className="text-soft">{text('keys-none')}</p>
      ) : (
        <Table
          caption={text('keys-caption')}
          rows={page.keys}
          rowKey={(key) => key.thumbprint}
          columns={[
            {
              label: text('keys-thumbprint'),
              cell: (key) => (
                <span className="wrap-anywhere">
                  <Id>{key.thumbprint}</Id>
                  <span className="block text-sm">{text(`keys-use.${key.use}`)}</span>
                </span>
              ),
            },
            { label: text('keys-registered'), cell: (key) => <Moment at={key.registeredAt} short /> },
            { label: text('keys-state'), cell: (key) => <KeyState current={key} /> },
            ...(changes
              ? [{ label: text('endpoint-acts'), cell: (key: Key) => <KeyActs current={key} page={page} /> }]
              : []),
          ]}
        />
      )}
    </Panel>
  )
}

function KeyState({ current }: { current: Key }) {
  const text = useText()
  if (current.revokedAt) return <span className="text-alarm">{text('keys-revoked')}</span>
  if (!current.retiredAt) return <>{text('keys-good')}</>
  if (current.use === 'enc' || !current.acceptedUntil) return <>{text('keys-retired-enc')}</>
  return (
    <>
      {text('keys-retired')} <Moment at={current.acceptedUntil} short />
    </>
  )
}

function KeyActs({ current, page }: { current: Key; page: Page }) {
  const text = useText()
  if (current.revokedAt) return <span className="text-soft">–</span>
  const retires = current.use === 'sig' && !current.retiredAt && !page.endpoint.jwksUri
  return (
    <Form method="post" className="flex flex-wrap gap-2">
      <input type="hidden" name="key" value={current.thumbprint} />
      {retires ? (
        <button className="button" type="submit" name="intent" value="retire-key">
          {text('keys-retire')}
        </button>
      ) : null}
      <button
        className="button button-alarm"
        type="submit"
        name="intent"
        value="revoke-key"
        title={text('keys-revoke-hint')}
      >
        {text('keys-revoke')}
      </button>
    </Form>
  )
}

/** Another address, another key: for an owner who has just shown who they are. */
export function ChangeForms({ page, answer }: { page: Page; answer: EndpointAnswer | undefined }) {
  const text = useText()
  const complaints = answer?.complaints.filter(({ field }) => field !== 'in_flight') ?? []
  const about = (field: string) => complaints.find((complaint) => complaint.field === field)?.message
  return (
    <Panel title={text('endpoint-change')} id="change">
      {!page.may.change ? (
        <p className="text-soft">{text('endpoint-change-owner')}</p>
      ) : !page.fresh ? (
        <ConfirmFirst />
      ) : (
        <div className="stack">
          <p className="text-soft">{text('endpoint-change-hint')}</p>
          <Complaints complaints={complaints} />
          {page.endpoint.url === null ? null : (
            <Form method="post" className="form-grid" noValidate autoComplete="off">
              <TextField
                name="url"
                label={text('endpoint-url')}
                hint={text('endpoint-url-hint')}
                value={answer?.draft.url ?? page.endpoint.url}
                complaint={about('url')}
                inputMode="url"
                code
              />
              <TextField
                name="description"
                label={text('endpoint-description')}
                value={answer?.draft.description ?? page.endpoint.description ?? ''}
                complaint={about('description')}
                optional
              />
              <div>
                <button className="button" type="submit" name="intent" value="change">
                  {text('endpoint-save')}
                </button>
              </div>
            </Form>
          )}
          {page.endpoint.url === null || page.bindable.length === 0 ? null : (
            <Form method="post" className="form-grid">
              <NetworksField networks={page.bindable} chosen={page.endpoint.networks} complaint={about('networks')} />
              <div>
                <button className="button" type="submit" name="intent" value="bind">
                  {text('endpoint-networks-save')}
                </button>
              </div>
            </Form>
          )}
          {page.endpoint.jwksUri ? null : (
            <Form method="post" className="form-grid" noValidate autoComplete="off">
              <TextArea
                name="signing_keys"
                label={text('keys-add')}
                hint={text('keys-add-hint')}
                value={answer?.draft.signing_keys}
                complaint={about('signing_keys')}
              />
              <div>
                <button className="button" type="submit" name="intent" value="add-key">
                  {text('keys-add')}
                </button>
              </div>
            </Form>
          )}
          <Form method="post" className="form-grid" noValidate autoComplete="off">
            <TextArea
              name="sealing_key"
              label={text('keys-seal')}
              hint={text('keys-seal-hint')}
              value={answer?.draft.sealing_key}
              complaint={about('sealing_key')}
            />
            <div>
              <button className="button" type="submit" name="intent" value="seal">
                {text('keys-seal')}
              </button>
            </div>
          </Form>
        </div>
      )}
    </Panel>
  )
}
