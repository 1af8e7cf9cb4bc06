import { type ActionFunctionArgs, data, type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/node'
import { Form, useActionData, useLoaderData, useSearchParams } from '@remix-run/react'
import { may } from '../../people/may.ts'
import { isFresh } from '../../people/session.ts'
import { findSigningKeys, replaceSigningKey, type SigningKeyView, typedLength } from '../../people/signing-keys.ts'
import { forbidden, requireFresh, requireMay } from '../access.server.ts'
import { word } from '../forms.server.ts'
import { titleText, useText } from '../language/use-text.ts'
import { TextField } from '../ui/field.tsx'
import { Badge, type Tone } from '../ui/headline.tsx'
import type { IconName } from '../ui/icon.tsx'
import { Moment } from '../ui/moment.tsx'
import { Banner } from '../ui/notice-banner.tsx'
import { Id, PageHeading, Panel } from '../ui/page.tsx'
import { ConfirmFirst } from '../ui/programs.tsx'
import { Table } from '../ui/table.tsx'

export const meta: MetaFunction = ({ matches }) => [
  { title: `${titleText(matches)('portal-keys-title')} · Noticeline` },
]

export async function loader(args: LoaderFunctionArgs) {
  const actor = await requireMay(args, 'platform', 'keys.read')
  const found = await findSigningKeys(args.context.ground, actor)
  if (found.result !== 'found') throw forbidden()
  const mayReplace = may(actor, 'keys.replace')
  return { keys: found.keys, mayReplace, fresh: mayReplace && (await isFresh(args.context.ground, actor)), typedLength }
}

export async function action(args: ActionFunctionArgs) {
  const actor = await requireMay(args, 'platform', 'keys.replace')
  await requireFresh(args)
  const form = await args.request.formData()
  const { result } = await replaceSigningKey(args.context.ground, actor, word(form, 'kid'))
  switch (result) {
    case 'replaced':
      return redirect('/operator/keys?replaced=yes', 303)
    case 'not-that-key':
      return data({ said: 'portal-keys-not-that-key' } as const, { status: 422 })
    case 'not-fresh':
      return data({ said: 'fresh-needed' } as const, { status: 403 })
    case 'forbidden':
      throw forbidden()
  }
}

const looks: Record<SigningKeyView['state'], { tone: Tone; icon: IconName }> = {
  next: { tone: 'wait', icon: 'clock' },
  current: { tone: 'good', icon: 'check' },
  retired: { tone: 'mute', icon: 'dot' },
  revoked: { tone: 'alarm', icon: 'warning' },
}

export default function Keys() {
  const text = useText()
  const { keys, mayReplace, fresh, typedLength: length } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const [search] = useSearchParams()
  return (
    <>
      <PageHeading title={text('portal-keys-title')} lede={text('portal-keys-lede')} />
      <div className="stack">
        {search.get('replaced') === 'yes' && !answer ? (
          <Banner tone="good" announce>
            <p>{text('portal-keys-replaced')}</p>
          </Banner>
        ) : null}
        {answer ? (
          <Banner tone="alarm" announce>
            <p>{text(answer.said)}</p>
          </Banner>
        ) : null}
        <Panel>
          <Table
            caption={text('portal-keys-caption')}
            rows={keys}
            rowKey={(key) => key.kid}
            columns={[
              {
                label: text('portal-keys-state'),
                cell: (key) => <Badge {...looks[key.state]}>{text(`portal-keys-state.${key.state}`)}</Badge>,
              },
              { label: text('portal-keys-kid'), cell: (key) => <Id>{key.kid}</Id> },
              { label: text('portal-keys-from'), cell: (key) => <Moment at={key.notBefore} short /> },
              {
                label: text('portal-keys-until'),
                cell: (key) => {
                  const until = key.revokedAt ?? key.notAfter
                  return until ? <Moment at={until} short /> : '–'
                },
              },
            ]}
          />
        </Panel>
        {mayReplace ? (
          <Panel title={text('portal-keys-replace-title')} id="replace">
            <p className="hint mb-4">{text('portal-keys-replace-hint')}</p>
            {fresh ? (
              <Form method="post" className="form-grid" autoComplete="off">
                <TextField id="kid" name="kid" label={text('portal-keys-replace-typed', { count: length })} />
                <div>
                  <button className="button button-alarm" type="submit">
                    {text('portal-keys-replace-now')}
                  </button>
                </div>
              </Form>
            ) : (
              <ConfirmFirst />
            )}
          </Panel>
        ) : null}
      </div>
    </>
  )
}
