import type { AttributionNotes } from '../attribution/keep-attributions.ts'
import type { NamedCompany } from '../attribution/registry-object.ts'

export interface Named {
  by: 'registry' | 'routing'
  company: NamedCompany
  asn: number | null
}

/** Whom registry and routing table named for an item: each company once, however many addresses it was named for. */
export function companiesNamedIn(notes: AttributionNotes | null): Named[] {
  const found = (notes?.search?.findings ?? []).flatMap(({ network, system }): Named[] => [
    ...(network ? [{ by: 'registry' as const, company: network, asn: null }] : []),
    ...(system ? [{ by: 'routing' as const, company: system, asn: system.asn }] : []),
  ])
  return [...new Map(found.map((one) => [`${one.by} ${one.company.mailbox}`, one])).values()]
}
