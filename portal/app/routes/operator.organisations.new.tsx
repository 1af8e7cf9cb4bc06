import { type ActionFunctionArgs, data, type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/node'
import { Form, useActionData, useLoaderData } from '@remix-run/react'
import { describeActor } from '../../people/describe-actor.ts'
import { inviteOrganisation } from '../../people/invite-organisation.ts'
import { notifierKinds } from '../../people/person.ts'
import { forbidden, requireMay } from '../access.server.ts'
import { type Complaint, complaintsOf, word } from '../forms.server.ts'
import { languageOf } from '../language/language.server.ts'
import { textIn } from '../language/text.ts'
import { titleText, useText } from '../language/use-text.ts'
import { CheckField, Complaints, SelectField, TextField } from '../ui/field.tsx'
import { PageHeading, Panel } from '../ui/page.tsx'

export const meta: MetaFunction = ({ matches }) => [{ title: `${titleText(matches)('invite-title')} · Noticeline` }]

export async function loader(args: LoaderFunctionArgs) {
  await requireMay(args, 'platform', 'organisations.invite')
  return { kinds: notifierKinds }
}

const labels = {
  notifierKind: 'invite-kind',
  name: 'company-name',
  country: 'company-country',
  email: 'invite-email',
  personName: 'invite-person',
  locale: 'invite-locale',
  reason: 'invite-reason',
} as const
type Field = keyof typeof labels
const fields = Object.keys(labels) as Field[]

export async function action(args: ActionFunctionArgs) {
  const actor = await requireMay(args, 'platform', 'organisations.invite')
  const { ground } = args.context
  const form = await args.request.formData()
  const draft = Object.fromEntries(fields.map((field) => [field, word(form, field)]))
  const trustedFlagger = word(form, 'trustedFlagger') === 'yes'
  const invited = await inviteOrganisation(ground, actor, { ...draft, trustedFlagger })
  if (invited.result === 'forbidden') throw forbidden()
  if (invited.result === 'invited') return redirect(`/operator/organisations/${invited.orgId}?decided=yes`, 303)
  const text = textIn(languageOf(args.request, (await describeActor(ground, actor)).locale))
  const complaints: Complaint[] = complaintsOf(invited.errors, text, (pointer) => {
    const field = fields.find((one) => pointer === `/${one}`)
    return field ? { field, label: text(labels[field]) } : null
  })
  return data({ complaints, draft, trustedFlagger }, { status: 422 })
}

export default function Invite() {
  const text = useText()
  const { kinds } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const complaints = answer?.complaints ?? []
  const field = (name: Field) => ({
    name,
    label: text(labels[name]),
    value: answer?.draft[name],
    complaint: complaints.find((complaint) => complaint.field === name)?.message,
  })
  return (
    <>
      <PageHeading
        title={text('invite-title')}
        lede={text('invite-lede')}
        back={{ to: '/operator/organisations', label: text('organisations-title') }}
      />
      <Panel>
        <Form method="post" className="form-grid" noValidate autoComplete="off">
          <Complaints complaints={complaints} />
          <div className="form-grid form-grid-2">
            <SelectField
              {...field('notifierKind')}
              options={kinds.map((kind) => ({ value: kind, label: text(`kind.${kind}`) }))}
            />
            <TextField {...field('name')} />
            <TextField {...field('country')} hint={text('join-country-hint')} code />
            <SelectField
              {...field('locale')}
              options={[
                { value: 'nl', label: text('language-nl') },
                { value: 'en', label: text('language-en') },
              ]}
            />
          </div>
          <CheckField name="trustedFlagger" label={text('invite-trusted')} checked={answer?.trustedFlagger ?? false} />
          <div className="form-grid form-grid-2">
            <TextField {...field('personName')} />
            <TextField {...field('email')} type="email" />
          </div>
          <TextField {...field('reason')} hint={text('invite-reason-hint')} />
          <div>
            <button className="button button-lead" type="submit">
              {text('invite-send')}
            </button>
          </div>
        </Form>
      </Panel>
    </>
  )
}
