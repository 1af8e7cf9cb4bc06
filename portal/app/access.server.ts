/** From a cookie to an actor. Every loader and action asks for itself: a frame above it protects nothing. */
import { redirect } from '@remix-run/node'
import { type Act, isAssured, may, type PersonActor } from '../people/may.ts'
import { findSession, isFresh } from '../people/session.ts'
import type { RouteArgs } from './ground.ts'
import { readSession } from './session.server.ts'

type Side = PersonActor['orgKind']

/** Who is asking, or null when nobody is signed in. May still have a second factor to show: see `requireActor`. */
export async function findActor({ request, context: { ground } }: RouteArgs): Promise<PersonActor | null> {
  const token = readSession(ground, request)
  return token ? findSession(ground, token) : null
}

/** Somebody who came by a mailed link, whether or not that is enough: for the pages where the second factor is set up or entered. */
export async function requirePerson(args: RouteArgs): Promise<PersonActor> {
  const actor = await findActor(args)
  if (!actor) throw redirect('/sign-in')
  return actor
}

/** A signed-in person; anybody else is shown the way to the sign-in page, or to their second factor. */
export async function requireActor(args: RouteArgs): Promise<PersonActor> {
  const actor = await requirePerson(args)
  if (!isAssured(actor)) throw redirect('/second-factor')
  return actor
}

/**
 * A signed-in person who has proved who they are within ten minutes; anybody else does so first, and comes back to this
 * page. Ask in the loader that shows the form as well as in the action: what was typed does not survive the detour.
 */
export async function requireFresh(args: RouteArgs): Promise<PersonActor> {
  return freshOr(args, await requireActor(args))
}

/** The same for the pages where a second factor is set up: whoever has to and has none yet comes by a link alone. */
export async function requireFreshPerson(args: RouteArgs): Promise<PersonActor> {
  return freshOr(args, await requirePerson(args))
}

async function freshOr(args: RouteArgs, actor: PersonActor): Promise<PersonActor> {
  if (await isFresh(args.context.ground, actor)) return actor
  throw redirect(`/account/confirm?back=${encodeURIComponent(new URL(args.request.url).pathname)}`)
}

/** A signed-in person on the side a page is for: a provider's page tells a notifier nothing but 403. */
export async function requireSide(args: RouteArgs, side: Side): Promise<PersonActor> {
  const actor = await requireActor(args)
  if (actor.orgKind !== side) throw forbidden()
  return actor
}

/** A signed-in person on the right side who may do this. */
export async function requireMay(args: RouteArgs, side: Side, act: Act): Promise<PersonActor> {
  const actor = await requireSide(args, side)
  if (!may(actor, act, { orgId: actor.orgId })) throw forbidden()
  return actor
}

export function forbidden(): Response {
  return new Response(null, { status: 403, statusText: 'Forbidden' })
}

/** Also for what belongs to somebody else: that it exists is not told. */
export function notFound(): Response {
  return new Response(null, { status: 404, statusText: 'Not Found' })
}

/** Where somebody goes who has just signed in. */
export function wayIn(signedIn: { actor: PersonActor; back: string | null; organisations: number }): string {
  const { actor, back, organisations } = signedIn
  const onward = back ?? (organisations > 1 ? '/account/organisations' : homeOf(actor))
  return isAssured(actor) ? onward : `/second-factor?back=${encodeURIComponent(onward)}`
}

/** Where a person starts. */
export function homeOf(actor: PersonActor): string {
  switch (actor.orgKind) {
    case 'notifier':
      return '/notifier/notices'
    case 'provider':
      return '/provider'
    case 'platform':
      return '/operator'
  }
}

/** Where a page was asked to lead afterwards, if that is a path of our own. */
export function backOf(request: Request): string | null {
  const back = new URL(request.url).searchParams.get('back')
  return back !== null && isOwnPath(back) ? back : null
}

/** `//host` and `/\\host` are paths of somebody else. */
function isOwnPath(path: string): boolean {
  return /^\/(?![/\\])[\w./$-]{0,200}$/.test(path)
}
