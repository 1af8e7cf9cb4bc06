import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node'
import { useActionData, useLoaderData } from '@remix-run/react'
import { requireMay } from '../access.server.ts'
import { titleText } from '../language/use-text.ts'
import { changePeople, readPeople } from '../people-of-organisation.server.ts'
import { People } from '../ui/people.tsx'

export const meta: MetaFunction = ({ matches }) => [{ title: `${titleText(matches)('people-title')} · Noticeline` }]

export async function loader(args: LoaderFunctionArgs) {
  return readPeople(args, await requireMay(args, 'notifier', 'people.read'))
}

/** What each may change is asked by the verbs; leaving is everybody's right. */
export async function action(args: ActionFunctionArgs) {
  return changePeople(args, await requireMay(args, 'notifier', 'people.read'))
}

export default function PeopleOfOrganisation() {
  return <People people={useLoaderData<typeof loader>()} said={useActionData<typeof action>()} />
}
