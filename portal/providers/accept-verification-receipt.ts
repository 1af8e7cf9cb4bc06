import type { Ground } from '../ground/ground.ts'
import { lockEndpointByVerification, updateEndpoint } from './provider-store.server.ts'
import { selectStreamUpdate } from './stream-store.server.ts'

/**
 * A receipt for a verification event. A signed one proves that the receiver holds its signing key, and is kept as the
 * endpoint's grade; it may come before the 202 that it belongs to, and more than once.
 */
export function acceptVerificationReceipt(
  ground: Ground,
  reporter: { orgId: string; grade: string },
  receipt: { ref: string },
): Promise<{ result: 'recorded' | 'already-recorded' | 'unknown-token' }> {
  return ground.db.transaction(async (tx) => {
    const endpoint = await lockEndpointByVerification(tx.db, reporter.orgId, receipt.ref)
    if (!endpoint) {
      // A word about its own stream is acknowledged as well; the 202 was enough.
      const update = await selectStreamUpdate(tx.db, reporter.orgId, receipt.ref)
      return { result: update ? 'already-recorded' : 'unknown-token' }
    }
    if (reporter.grade !== 'signed' || endpoint.verifiedGrade === 'signed') return { result: 'already-recorded' }
    await updateEndpoint(tx.db, endpoint.id, { verifiedGrade: 'signed', updatedAt: tx.now })
    return { result: 'recorded' }
  })
}
