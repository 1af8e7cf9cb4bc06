import type { TestGround } from '../with-ground.ts'
import { type BuiltNotice, contact, issuedNotice, type Line, type NoticeParts } from './delivery.ts'

/** The token of the newest pointer mail, as it stands in its text. */
export function mailedToken(ground: TestGround): string {
  const token = /\/answer\/(\S+)/.exec(ground.caught.mail.at(-1)?.text ?? '')?.[1]
  if (!token) throw new Error('No link was mailed')
  return token
}

/** A notice to a provider with a mailbox alone, and the link it was mailed. */
export async function mailedNotice(
  ground: TestGround,
  on: Line,
  parts: NoticeParts = {},
): Promise<BuiltNotice & { token: string }> {
  await contact(ground, on.provider.orgId)
  const notice = await issuedNotice(ground, on, parts)
  return { ...notice, token: mailedToken(ground) }
}
