import { z } from 'zod'

/** What every list takes. */
export const listQuery = {
  limit: z.coerce
    .number('A whole number.')
    .int()
    .min(1, 'At least 1.')
    .max(200, 'At most 200.')
    .default(50)
    .describe('At most 200.'),
  cursor: z.string().min(1).max(500).optional().describe('`next_cursor` of the page before.'),
}

/** What a list says to a cursor that it never gave out. */
export const notACursor = [
  { pointer: '/query/cursor', code: 'invalid', message: 'Not a cursor of this list.' },
] as const

/** `Link: rel="next"`, with the filters of this page. */
export function nextLink(origin: string, requestUrl: string, nextCursor: string | null): Record<string, string> {
  if (nextCursor === null) return {}
  const { pathname, searchParams } = new URL(requestUrl)
  searchParams.set('cursor', nextCursor)
  return { Link: `<${origin}${pathname}?${searchParams}>; rel="next"` }
}
