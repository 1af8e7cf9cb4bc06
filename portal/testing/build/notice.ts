import type { Ground } from '../../ground/ground.ts'
import { type NoticeSubmission, regimes } from '../../notices/notice.ts'
import { readAddressees, readItems } from '../../notices/read-notice.ts'
import { startClock } from '../../notices/start-clock.ts'
import { submitNotice } from '../../notices/submit-notice.ts'
import type { Actor } from '../../people/may.ts'
import { organisation } from './organisation.ts'
import { program } from './person.ts'
import { provider } from './provider.ts'

type Item = Partial<NoticeSubmission['items'][number]>
export type Submission = Omit<Partial<NoticeSubmission>, 'items'> & { items?: Item[] }

let addresses = 0

/** A body of `POST /v1/notices`, valid in every field. Each address is one of its own, in Tern's network. */
export function submission(input: Submission = {}): unknown {
  const category = input.category ?? (input.regime === 'tco_removal_order' ? 'terrorist_content' : 'csam')
  return {
    regime: 'ntd_code',
    category,
    ...(category === 'csam' ? { legal_class: 'baseline' } : {}),
    ...input,
    items: (input.items ?? [{}]).map((item) => {
      addresses += 1
      return { url: `https://203.0.113.80/g/${addresses}.jpg`, ...item }
    }),
  }
}

export interface BuiltNotice {
  noticeId: string
  itemIds: string[]
  /** Who submitted it. */
  notifier: Actor
  /** Who is addressed, in the order of the items; null where nobody is. */
  providers: (string | null)[]
}

/** A notice that was submitted. Without a provider whose network holds its items it stays unattributed. */
export async function issuedNotice(
  ground: Ground,
  input: Submission & { notifier?: Actor } = {},
): Promise<BuiltNotice> {
  const { notifier: given, ...body } = input
  const isOrder = body.regime?.endsWith('_order') === true
  const notifier =
    given ??
    (await program(ground, {
      orgId: await organisation(ground, { kind: 'notifier', notifierKind: isOrder ? 'authority' : 'hotline' }),
    }))
  const submitted = await submitNotice(ground, notifier, submission(body), { origin: 'api', regimes })
  if (submitted.result !== 'submitted') throw new Error(`The notice was refused: ${JSON.stringify(submitted)}`)
  const { noticeId } = submitted
  const itemIds = (await readItems(ground.db.read, noticeId)).map(({ id }) => id)
  const addressees = await readAddressees(ground.db.read, { noticeId })
  const providers = itemIds.map((id) => addressees.find(({ itemId }) => itemId === id)?.orgId ?? null)
  return { noticeId, itemIds, notifier, providers }
}

/** A notice that its provider has received: the clocks run. Builds *Tern Hosting* unless a provider is given. */
export async function receivedNotice(
  ground: Ground,
  input: Submission & { notifier?: Actor; provider?: { orgId: string } } = {},
): Promise<BuiltNotice & { orgId: string }> {
  const { provider: given, ...rest } = input
  const { orgId } = given ?? (await provider(ground))
  const notice = await issuedNotice(ground, rest)
  await ground.db.transaction((tx) => startClock(tx, { noticeId: notice.noticeId, orgId, at: tx.now }))
  return { ...notice, orgId }
}
