import { createReceiver, generateKeys, type Outcome, Refusal } from '@noticeline/sdk'
import { nodeHandler } from '@noticeline/sdk/node'
import { noticeIssued, type VerifiedToken } from '@noticeline/sdk/protocol'
import { fileStore, type InboxStore } from '@noticeline/sdk/stores'
import { createTestPortal, type TestPortal } from '@noticeline/sdk/testing'

const inbox: InboxStore = fileStore('./inbox')
const receiver = await createReceiver({
  issuer: 'https://portal.example',
  keys: await generateKeys(),
  inbox,
  on: {
    'notice.issued': (notice, context): Outcome[] => {
      const category: 'csam' | 'terrorist_content' = notice.category
      const left: number | undefined = context.deadline?.remaining()
      return left !== undefined && category === 'csam'
        ? [
            {
              item: 'itm_1',
              outcome: 'access_disabled',
              territory: ['eu'],
              at: context.now().toISOString(),
              by: 'auto',
            },
          ]
        : []
    },
    // @ts-expect-error: reports what is no outcome
    'notice.withdrawn': () => [{ item: 'itm_1', outcome: 'gone' }],
  },
})
nodeHandler(receiver)
export const portal: Promise<TestPortal> = createTestPortal()
export const reads = (token: VerifiedToken) =>
  noticeIssued.parse(token.event.body).items[0]?.url satisfies string | undefined
export const code = (error: unknown) => Refusal.is(error) && error.code === 'store_in_use'
