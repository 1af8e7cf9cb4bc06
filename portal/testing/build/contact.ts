import type { Actor } from '../../people/may.ts'
import { confirmContact } from '../../providers/confirm-contact.ts'
import { registerContact } from '../../providers/register-contact.ts'
import { projectFacts, reactions } from '../../reactions.ts'
import { type TestGround, withGround } from '../with-ground.ts'
import { type BuiltProvider, provider } from './provider.ts'

/** *Tern Hosting* with a proven network, on a ground with the reactions of the real portal. */
export function withProvider(
  at: string,
  work: (ground: TestGround, on: BuiltProvider) => Promise<void>,
): Promise<void> {
  return withGround(at, { reactions: reactions as never, project: projectFacts }, async (ground) =>
    work(ground, await provider(ground)),
  )
}

/** A contact that was registered and mailed a code. */
export async function registeredContact(
  ground: TestGround,
  actor: Actor,
  more: { [member: string]: unknown } = {},
): Promise<string> {
  const input = { kind: 'abuse', email: 'abuse@tern.example', languages: ['en'], ...more }
  const registered = await registerContact(ground, actor, input)
  if (registered.result !== 'registered') throw new Error(`The contact was refused: ${JSON.stringify(registered)}`)
  await ground.runReactions()
  return registered.contactId
}

/** The newest code that was mailed to a mailbox, and the token of the link beside it. */
export function mailedTo(ground: TestGround, email: string): { code: string; token: string } {
  const mail = ground.caught.mail.findLast(({ to, text }) => to === email && text.includes('/confirm/'))
  const code = /\b([0-9A-Z]{4}-[0-9A-Z]{4})\b/.exec(mail?.text ?? '')?.[1]
  const token = /\/confirm\/(\S+)/.exec(mail?.text ?? '')?.[1]
  if (!code || !token) throw new Error('No code was mailed there')
  return { code, token }
}

/** A contact whose code was brought back. */
export async function verifiedContact(
  ground: TestGround,
  actor: Actor,
  more: { [member: string]: unknown } = {},
): Promise<string> {
  const contactId = await registeredContact(ground, actor, more)
  const { code } = mailedTo(ground, String(more['email'] ?? 'abuse@tern.example'))
  const confirmed = await confirmContact(ground, actor, contactId, code)
  if (confirmed.result !== 'confirmed') throw new Error(`The contact was not confirmed: ${confirmed.result}`)
  await ground.runReactions()
  return contactId
}
