import { type ActionFunctionArgs, data, type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/node'
import { Form, useActionData, useLoaderData } from '@remix-run/react'
import { chooseOrganisation } from '../../people/choose-organisation.ts'
import { findOwnOrganisations } from '../../people/find-sessions.ts'
import { homeOf, requirePerson } from '../access.server.ts'
import { word } from '../forms.server.ts'
import { titleText, useText } from '../language/use-text.ts'
import { Banner } from '../ui/notice-banner.tsx'
import { PageHeading } from '../ui/page.tsx'

export const meta: MetaFunction = ({ matches }) => [
  { title: `${titleText(matches)('choose-organisation-title')} · Noticeline` },
]

/** Also before a second factor: who belongs to an authority and to a company may go on as the company. */
export async function loader(args: LoaderFunctionArgs) {
  const actor = await requirePerson(args)
  return { organisations: await findOwnOrganisations(args.context.ground, actor) }
}

export async function action(args: ActionFunctionArgs) {
  const actor = await requirePerson(args)
  const orgId = word(await args.request.formData(), 'organisation')
  const chosen = await chooseOrganisation(args.context.ground, actor, orgId)
  if (chosen.result !== 'chosen') return data({ unknown: true }, { status: 422 })
  return redirect(homeOf({ ...actor, orgKind: chosen.orgKind }), { status: 303 })
}

export default function Organisations() {
  const text = useText()
  const { organisations } = useLoaderData<typeof loader>()
  const said = useActionData<typeof action>()
  return (
    <div className="wrap">
      <PageHeading
        title={text('choose-organisation-title')}
        lede={text(organisations.length > 1 ? 'choose-organisation-lede' : 'choose-organisation-only')}
      />
      <div className="stack">
        {said?.unknown ? (
          <Banner tone="alarm" announce>
            <p>{text('organisations-unknown')}</p>
          </Banner>
        ) : null}
        {organisations.map(({ orgId, name, role, current }) => (
          <Form method="post" reloadDocument className="panel stack" key={orgId}>
            <input type="hidden" name="organisation" value={orgId} />
            <div>
              <h2>{name}</h2>
              <p className="text-soft">
                {text.code('role', role)}
                {current ? <> · {text('organisations-current')}</> : null}
              </p>
            </div>
            <div>
              <button className={current ? 'button' : 'button button-lead'} type="submit">
                {text('organisations-go', { organisation: name })}
              </button>
            </div>
          </Form>
        ))}
      </div>
    </div>
  )
}
