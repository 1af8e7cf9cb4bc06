/** What was lost, what happened twice, and what else is not as it should be. */
import type { Company, Told } from './company.ts'
import { filesThatTell, readable } from './search.ts'
import type { Case } from './stream.ts'

export interface Found {
  readonly losses: string[]
  readonly doubles: string[]
  readonly problems: string[]
}

/** After everything has come to rest. */
export function audit(company: Company, told: Told): Found {
  const { stream, said, effects } = company
  said.readOn()
  const found: Found = { losses: [], doubles: [], problems: [...stream.refused] }
  for (const jti of stream.acknowledged) {
    const receipts = said.receipts.get(jti) ?? 0
    if (receipts === 0) found.losses.push('a token that was answered 202 has no receipt')
    if (receipts > 1) found.losses.push(`a token was stored ${receipts} times`)
  }
  const downs = new Map<string, number>()
  const last = new Map<string, 'down' | 'up'>()
  for (const { what, url, caseId, item } of effects.effects) {
    if (what === 'down') downs.set(url, (downs.get(url) ?? 0) + 1)
    last.set(`${caseId} ${item}`, what)
  }
  for (const one of stream.cases) {
    for (const { id, url } of one.notice.items) {
      const removals = downs.get(url) ?? 0
      if (removals > 1) found.doubles.push(`an address was taken down ${removals} times`)
      auditItem(company, one, id, { removals, last: last.get(`${one.notice.notice} ${id}`) }, found)
    }
  }
  for (const needless of effects.needless) found.doubles.push(`run again after it was reported: ${needless}`)
  for (const [state, number] of Object.entries({ ...told.messages, ...told.reports })) {
    if (!['done', 'sent'].includes(state) && number > 0) found.problems.push(`${number} ${state} at the end`)
  }
  for (const { id, reason } of told.dead) found.problems.push(`dead: ${id} ${reason}`)
  return found
}

interface Seen {
  readonly removals: number
  readonly last: 'down' | 'up' | undefined
}

function auditItem({ said }: Company, { kind, notice }: Case, item: string, seen: Seen, found: Found): void {
  const removed = said.timesOf('down', notice.notice, item)
  const restored = said.timesOf('up', notice.notice, item)
  if (removed > 1 || restored > 1) found.doubles.push(`${kind}: reported ${removed} and ${restored} times`)
  if (removed > seen.removals) found.problems.push(`${kind}: reported as removed, and was not`)
  switch (kind) {
    case 'withdrawn':
      // Whether it was ever taken down depends on which came first; in the end it stands.
      if (restored === 0) found.losses.push('withdrawn: never put back')
      if (seen.last !== 'up') found.losses.push('withdrawn: not put back last')
      return
    case 'closed':
      // Closed before its handler came to its end, nobody waits for its outcome any more.
      return
    default:
      if (seen.removals === 0) found.losses.push(`${kind}: never taken down`)
      if (removed === 0) found.losses.push(`${kind}: never reported`)
  }
}

/** Whether an address can be read in the store without its key, or something is left lying about in it. */
export function auditPlace({ place, stream }: Company): string[] {
  // The look itself is looked at: a token that lay about in the clear would be seen.
  const blind = !readable(Buffer.from(stream.sample))
  return [
    ...(blind ? ['the look for addresses sees none where there is one'] : []),
    ...place
      .litter()
      .map((name) => `left behind in the store: ${name.replace(/.*\//, '').replaceAll(/[0-9a-f-]{36}/g, '…')}`),
    ...filesThatTell(place.files()).map((path) => `an address can be read in ${path.replace(/.*\//, '')}`),
  ]
}
