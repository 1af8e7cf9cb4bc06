import type { MailClass, SentMail } from '../ground/ground.ts'

/** What became of a mail that we sent. `sending`: the mail server has not taken it. */
export type MailState = 'sending' | 'sent' | 'delayed' | 'returned' | 'auto_replied' | 'answered' | 'silent'

export interface CameBack {
  class: MailClass
  givenUp: boolean
}

/**
 * Where a mail stands after something came back. A person's answer outweighs everything, since it was read; a return
 * outweighs what machines say; a machine's answer says only that the mailbox is there.
 */
export function stateAfter(state: MailState, { class: found, givenUp }: CameBack): MailState {
  if (state === 'answered' || found === 'person') return 'answered'
  if (found === 'permanent' || (found === 'temporary' && givenUp)) return 'returned'
  if (state === 'returned') return 'returned'
  if (found === 'auto_reply') return 'auto_replied'
  // A warning that it is still being tried, and a complaint about us, say nothing about who reads.
  return found === 'temporary' && (state === 'sent' || state === 'sending') ? 'delayed' : state
}

/** Whose history a mail belongs to: the notice's, else the organisation's, else the person's, else that of what it is about. */
export function chainOfMail({ noticeId, orgId, recipientId, of, mailId }: SentMail): string {
  return noticeId ?? orgId ?? recipientId ?? of ?? mailId
}
