import type { Ground } from '../ground/ground.ts'
import { acceptMail } from './accept-mail.ts'

const atOnce = 50

/** Reads what waits in the Maildir and sets it aside as read. Killed in between, it reads the same again, which counts once. */
export async function collectMail(ground: Ground): Promise<number> {
  const waiting = await ground.mail.waiting(atOnce)
  let settled = 0
  for (const { name, raw } of waiting) {
    try {
      await acceptMail(ground, raw)
      await ground.mail.settle(name)
      settled += 1
    } catch (error) {
      // One mail that cannot be kept now must not hold up the others; it is still there next time.
      ground.log.error('mail.not-collected', { error })
    }
  }
  return settled
}
