/** What the agent's own messages take from the wire, so that a member means the same in both. */
export { instant, itemId, noticeId, orgId } from '../protocol/fields.ts'
export { noticeIssued, noticeItem } from '../protocol/notice.ts'
export { itemOutcome } from '../protocol/report.ts'

import { z } from 'zod'
import { headlines } from '../protocol/words.ts'

export const headline = z.enum(headlines)
