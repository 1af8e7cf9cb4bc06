import { createReceiver, generateKeys, type NoticeContext } from '../src/index.ts'
import { auto, customerStatement, openPolicy, type PolicyHandlers } from '../src/policies.ts'
import { openRemoval, type Steps } from '../src/removal.ts'
import { memoryCases, memoryStore } from '../src/stores.ts'

const keys = await generateKeys()
const cases = memoryCases()
const at = '2026-11-21T09:00:00.000Z'

const policy = await openPolicy({ cases, keys })
const lists = { notifiers: ['org_a'], regimes: ['ntd_code'], categories: ['csam'] } as const
await openPolicy({ cases, keys, rule: auto({ ...lists, itemsAnHour: 20, shareOfAccount: 0.05 }) })

// @ts-expect-error: where decisions are kept is for you to say
await openPolicy({ keys })
// @ts-expect-error: what runs alone has its numbers
auto(lists)
// @ts-expect-error: nobody is no list of notifiers
auto({ ...lists, notifiers: [], itemsAnHour: 20, shareOfAccount: 0.05 })
// @ts-expect-error: no such regime
auto({ ...lists, regimes: ['everything'], itemsAnHour: 20, shareOfAccount: 0.05 })

const on: PolicyHandlers = {
  'notice.issued': (notice, context) => {
    const statement = context.customerStatement('nl')
    // @ts-expect-error: there may be a reason to send none
    statement.text
    if (statement.result === 'none') return undefined
    const text: string = statement.text
    // @ts-expect-error: no such language
    context.customerStatement('de')
    return notice.items.map(({ id }) => ({ item: id, outcome: 'content_removed', at, by: 'auto', note: text }))
  },
  'notice.withdrawn': () => undefined,
}
await createReceiver({ issuer: 'https://portal.example', keys, inbox: memoryStore(), on: policy.wrap(on) })
// @ts-expect-error: a decision is somebody's
await policy.decide('ntc_1', { approved: ['itm_1'] })
// @ts-expect-error: an outcome is complete or does not compile
await policy.decide('ntc_1', { by: 'P', answered: [{ item: 'itm_1', outcome: 'refused', at, by: 'human' }] })
const decided = await policy.decide('ntc_1', { by: 'P', approved: ['itm_1'] })
// @ts-expect-error: nothing was recorded, maybe
decided.decision.raw

export function told(context: NoticeContext): string | null {
  // @ts-expect-error: a statement says who makes it
  customerStatement(context, 'en', {})
  const statement = customerStatement(context, 'en', { provider: { name: 'Tern', contact: 'abuse@tern.example' } })
  return statement.result === 'none' ? statement.until : statement.text
}

const steps: Steps<{ site: string }, { status: string }> = {
  async resolve(item) {
    return { found: true, target: { site: item.url }, reach: { sites: 1, mailboxes: 0 } }
  },
  state: async () => ({ status: 'active' }),
  async block(target, before, ref) {
    const site: string = target.site
    const status: string = before.status
    // @ts-expect-error: what was found is none of a step's business
    ref.category
    return { scope_applied: 'site', collateral: `${site} ${status}` }
  },
  verify: async () => ({ result: 'gone_http' }),
  undo: async () => undefined,
}
const removal = await openRemoval({ cases, steps })
policy.wrap(removal.on)

const { undo: _, ...noWayBack } = steps
// @ts-expect-error: what cannot be undone is not blocked
await openRemoval({ cases, steps: noWayBack })
// @ts-expect-error: how far it reaches is known before it is done
export const noReach: Steps<string, string>['resolve'] = async () => ({ found: true, target: 'site' })
// @ts-expect-error: bytes are no receipt
export const bytes: Steps<string, string>['preserve'] = async () => new Uint8Array(4)
// @ts-expect-error: nothing that a store could not keep
export type Unkept = Steps<() => void, string>
// @ts-expect-error: no such sighting
export const guess: Steps<string, string>['verify'] = async () => ({ result: 'probably gone' })
