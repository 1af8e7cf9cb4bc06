import { type ActionFunctionArgs, data, type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/node'
import { Form, useActionData, useLoaderData } from '@remix-run/react'
import { describeActor } from '../../people/describe-actor.ts'
import { registerContact } from '../../providers/register-contact.ts'
import { forbidden, requireMay } from '../access.server.ts'
import { contactChoices, contactComplaints, contactOf, newDraft, readContactDraft } from '../contact-form.server.ts'
import type { Complaint } from '../forms.server.ts'
import { languageOf } from '../language/language.server.ts'
import { textIn } from '../language/text.ts'
import { titleText, useText } from '../language/use-text.ts'
import { ContactFields } from '../ui/contact-form.tsx'
import { Complaints } from '../ui/field.tsx'
import { PageHeading } from '../ui/page.tsx'

export const meta: MetaFunction = ({ matches }) => [{ title: `${titleText(matches)('contacts-add')} · Noticeline` }]

export async function loader(args: LoaderFunctionArgs) {
  await requireMay(args, 'provider', 'contacts.write')
  return { choices: contactChoices(), draft: newDraft }
}

export async function action(args: ActionFunctionArgs) {
  const actor = await requireMay(args, 'provider', 'contacts.write')
  const { ground } = args.context
  const form = await args.request.formData()
  const text = textIn(languageOf(args.request, (await describeActor(ground, actor)).locale))
  const refuse = (complaints: Complaint[]) => data({ complaints, draft: readContactDraft(form) }, { status: 422 })
  const registered = await registerContact(ground, actor, contactOf(form))
  switch (registered.result) {
    case 'registered':
      return redirect(
        `/provider/contacts/${registered.contactId}?done=${registered.asked ? 'added' : 'added-limited'}`,
        303,
      )
    case 'invalid':
      return refuse(contactComplaints(registered.errors, text))
    case 'too-many':
      return refuse([{ field: null, message: text('contacts-too-many') }])
    case 'forbidden':
      throw forbidden()
  }
}

export default function NewContact() {
  const text = useText()
  const { choices, draft } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const complaints = answer?.complaints ?? []
  return (
    <>
      <PageHeading
        title={text('contacts-add')}
        lede={text('contacts-add-lede')}
        back={{ to: '/provider/contacts', label: text('nav-contacts') }}
      />
      <Form method="post" className="panel form-grid" noValidate autoComplete="off">
        <Complaints complaints={complaints} />
        <ContactFields draft={answer?.draft ?? draft} choices={choices} complaints={complaints} />
        <div>
          <button className="button button-lead" type="submit">
            {text('contacts-add-now')}
          </button>
        </div>
      </Form>
    </>
  )
}
