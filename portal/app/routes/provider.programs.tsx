import { type ActionFunctionArgs, data, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node'
import { useActionData, useLoaderData } from '@remix-run/react'
import { describeActor } from '../../people/describe-actor.ts'
import { requireMay } from '../access.server.ts'
import { languageOf } from '../language/language.server.ts'
import { textIn } from '../language/text.ts'
import { titleText } from '../language/use-text.ts'
import { changePrograms, readPrograms } from '../programs.server.ts'
import { ProgramsPage } from '../ui/programs.tsx'

export const meta: MetaFunction = ({ matches }) => [{ title: `${titleText(matches)('nav-programs')} · Noticeline` }]

export async function loader(args: LoaderFunctionArgs) {
  const actor = await requireMay(args, 'provider', 'tokens.read')
  return readPrograms(args.context.ground, actor)
}

export async function action(args: ActionFunctionArgs) {
  const actor = await requireMay(args, 'provider', 'tokens.write')
  const { ground } = args.context
  const text = textIn(languageOf(args.request, (await describeActor(ground, actor)).locale))
  const { answer, status } = await changePrograms(ground, actor, await args.request.formData(), text)
  return data(answer, { status })
}

export default function ProviderPrograms() {
  return <ProgramsPage programs={useLoaderData<typeof loader>()} answer={useActionData<typeof action>()} />
}
