import { categories, legalClasses, scopes } from '@noticeline/sdk/protocol'
import { type ActionFunctionArgs, data, type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/node'
import { useActionData, useLoaderData } from '@remix-run/react'
import { servedRegimes } from '../../../notices/notice.ts'
import { submitNotice } from '../../../notices/submit-notice.ts'
import { describeActor } from '../../../people/describe-actor.ts'
import { forbidden, requireMay } from '../../access.server.ts'
import { given, intentOf } from '../../forms.server.ts'
import { languageOf } from '../../language/language.server.ts'
import { textIn } from '../../language/text.ts'
import { titleText, useText } from '../../language/use-text.ts'
import { PageHeading } from '../../ui/page.tsx'
import { NoticeForm } from './notice-form.tsx'
import { addRow, noticeComplaints, readDraft, removeRow, submissionOf } from './read-notice-form.server.ts'

export const meta: MetaFunction = ({ matches }) => [{ title: `${titleText(matches)('new-title')} · Noticeline` }]

export async function loader(args: LoaderFunctionArgs) {
  await requireMay(args, 'notifier', 'notices.submit')
  return { regimes: servedRegimes, categories, legalClasses, scopes }
}

export async function action(args: ActionFunctionArgs) {
  const actor = await requireMay(args, 'notifier', 'notices.submit')
  const { request, context } = args
  const { ground } = context
  const form = await request.formData()
  const draft = readDraft(form)
  const removed = given(form, 'remove')
  if (removed !== undefined) return { draft: removeRow(draft, Number(removed)), complaints: [] }
  if (intentOf(form, ['submit', 'add']) === 'add') return { draft: addRow(draft), complaints: [] }
  const submitted = await submitNotice(ground, actor, submissionOf(form, draft), { origin: 'form' })
  switch (submitted.result) {
    case 'submitted':
      return redirect(`/notifier/notices/${submitted.noticeId}?submitted=yes`, 303)
    case 'invalid': {
      const { locale } = await describeActor(ground, actor)
      const text = textIn(languageOf(request, locale))
      return data({ draft, complaints: noticeComplaints(submitted.errors, draft, text) }, { status: 422 })
    }
    case 'forbidden':
      throw forbidden()
  }
}

export default function NewNotice() {
  const text = useText()
  const choices = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  return (
    <>
      <PageHeading
        title={text('new-title')}
        lede={text('new-lede')}
        back={{ to: '/notifier/notices', label: text('nav-notices') }}
      />
      <NoticeForm
        choices={choices}
        draft={answer?.draft ?? { values: {}, items: [{ row: 1 }] }}
        complaints={answer?.complaints ?? []}
      />
    </>
  )
}
