import type { ItemOutcome, ItemsReported } from '@noticeline/sdk/protocol'
import type { Reporter } from '../../delivery/delivery.ts'
import { acceptOutcomes } from '../../removal/accept-outcome.ts'
import type { TestGround } from '../with-ground.ts'
import type { BuiltNotice } from './delivery.ts'

/** A report of one outcome for every item of a notice, valid in every field. */
export function report(
  ground: TestGround,
  notice: BuiltNotice,
  outcome: Partial<ItemOutcome> = {},
  itemIds: readonly string[] = notice.itemIds,
): ItemsReported {
  return {
    v: 1,
    notice: notice.noticeId,
    seq: 1,
    results: itemIds.map((item) => ({
      item,
      outcome: 'content_removed',
      at: ground.clock.now().toISOString(),
      by: 'auto',
      ...outcome,
    })),
  }
}

let made = 0

/** A signed report as the API hands it over after having verified it; its bytes are invented. */
export function signedBy(orgId: string, jti = `evt_report${++made}`): Reporter {
  return { orgId, grade: 'signed', jti, kid: 'k'.repeat(43), raw: `header.${jti}.signature` }
}

/** Reports an outcome for every item and lets what follows from it run. */
export async function reportedOutcome(
  ground: TestGround,
  orgId: string,
  notice: BuiltNotice,
  outcome: Partial<ItemOutcome> = {},
) {
  const accepted = await acceptOutcomes(ground, signedBy(orgId), report(ground, notice, outcome))
  if (accepted.result !== 'recorded') throw new Error(`The report was not recorded: ${JSON.stringify(accepted)}`)
  await ground.runReactions()
  return accepted.reportId
}
