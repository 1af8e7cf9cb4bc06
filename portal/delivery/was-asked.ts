import { domainToASCII } from 'node:url'
import type { Ground } from '../ground/ground.ts'

import { wasMailedTo } from './answer-link-store.server.ts'

/**
 * "Did you send this notice to this domain?" Yes or no, and nothing else: what does not exist, what went elsewhere and what
 * is badly written are all a no. The domain is that of the mailbox, the part behind the @.
 */
export async function wasAsked(ground: Ground, question: { number: string; domain: string }): Promise<boolean> {
  const number = question.number.replace(/\s+/g, '').toLowerCase()
  const domain = question.domain.trim().replace(/^.*@/, '').replace(/\.$/, '')
  // Asked even where it cannot be a yes, so that every no takes as long.
  return wasMailedTo(ground.db.read, number.slice(0, 60), domainToASCII(domain.slice(0, 253)).toLowerCase())
}
