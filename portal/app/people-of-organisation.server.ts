/** The page of an organisation's people: the same on all three sides. */
import { type ActionFunctionArgs, data, redirect } from '@remix-run/node'
import { changeRole, leaveOrganisation, removeMember } from '../people/change-role.ts'
import { describeActor } from '../people/describe-actor.ts'
import { findMembers } from '../people/find-members.ts'
import { inviteMember, resendInvitation, revokeInvitation } from '../people/invite-member.ts'
import type { PersonActor } from '../people/may.ts'
import { roles } from '../people/person.ts'
import { forbidden, requireFresh } from './access.server.ts'
import { intentOf, word } from './forms.server.ts'
import type { RouteArgs } from './ground.ts'
import { languages } from './language/catalogue.ts'

export async function readPeople({ context: { ground } }: RouteArgs, actor: PersonActor) {
  const found = await findMembers(ground, actor)
  if (found.result !== 'found') throw forbidden()
  const { orgName, locale } = await describeActor(ground, actor)
  return { ...found, orgName, locale }
}

/** What was said, and whether anything changed. Changing who is in asks again who is asking. */
export async function changePeople(args: ActionFunctionArgs, actor: PersonActor) {
  const { ground } = args.context
  const form = await args.request.formData()
  const personId = word(form, 'person')
  const role = roles.find((known) => known === word(form, 'role'))
  switch (intentOf(form, ['invite', 'resend', 'revoke', 'role', 'remove', 'leave'])) {
    case 'invite': {
      if (!role) return say('invalid')
      const locale = languages.find((language) => language === word(form, 'locale')) ?? 'en'
      return say((await inviteMember(ground, actor, { email: word(form, 'email'), role, locale })).result)
    }
    case 'resend':
      return say((await resendInvitation(ground, actor, word(form, 'invitation'))).result)
    case 'revoke':
      return say((await revokeInvitation(ground, actor, word(form, 'invitation'))).result)
    case 'role':
      await requireFresh(args)
      return say(role ? (await changeRole(ground, actor, { personId, role })).result : 'invalid')
    case 'remove':
      await requireFresh(args)
      return say((await removeMember(ground, actor, personId)).result)
    case 'leave': {
      await requireFresh(args)
      const { result } = await leaveOrganisation(ground, actor)
      return result === 'left' ? redirect('/sign-in', { status: 303 }) : say(result)
    }
  }
}

const good = ['invited', 'sent', 'revoked', 'changed', 'removed']

function say(result: string) {
  return data({ result, good: good.includes(result) }, { status: good.includes(result) ? 200 : 422 })
}
