import { createReceiver, generateKeys, type NoticeContext, Refusal } from '../src/index.ts'
import { memoryStore } from '../src/stores.ts'

const on = { 'notice.issued': () => undefined, 'notice.withdrawn': () => undefined }
const options = { issuer: 'https://portal.example', keys: await generateKeys(), on }

// @ts-expect-error: where messages wait is for you to say
await createReceiver(options)
// @ts-expect-error: an address is not a place where messages wait
await createReceiver({ ...options, inbox: './inbox' })

const receiver = await createReceiver({
  ...options,
  inbox: memoryStore(),
  on: {
    'notice.issued'(notice, context) {
      const due: Date | undefined = context.deadline?.due
      const left: number | undefined = context.deadline?.remaining()
      const basis: 'none' | 'tco6' | 'law_enforcement' = context.preservation.basis
      const scope: 'file' | 'page' | 'account' | 'site' | undefined = notice.items[0]?.scope
      // @ts-expect-error: there may be no deadline
      context.deadline.due
      // @ts-expect-error: an IP address may be missing
      notice.items[0].ip.length
      void [due, left, basis, scope]
      return undefined
    },
    'notice.withdrawn'(withdrawal) {
      const ids: string[] = withdrawal.items
      // @ts-expect-error: a withdrawal names items by id only; their addresses are in context.notice
      withdrawal.items[0]?.url
      void ids
      return undefined
    },
    // @ts-expect-error: no such message
    'notice.reminded': () => undefined,
  },
})

// @ts-expect-error: an outcome is complete or does not compile
await receiver.report('ntc_1', [{ item: 'itm_1', outcome: 'content_removed' }])

export function told(error: unknown, context: NoticeContext): string {
  // @ts-expect-error: the case is for reading
  context.caseId = 'another'
  // @ts-expect-error: unknown until Refusal.is has looked at it
  if (error.code === 'store_in_use') return 'never'
  if (!Refusal.is(error)) return 'not ours'
  // @ts-expect-error: no such code
  if (error.code === 'store_gone') return 'never'
  return error.code
}
