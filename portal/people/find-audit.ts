import { type FactLine, factKindsThereAre, findFacts } from '../facts/find-facts.ts'
import type { Ground } from '../ground/ground.ts'
import { type Actor, may } from './may.ts'
import { selectNames } from './organisation-store.server.ts'

export interface AuditFilter {
  kind?: string | undefined
  of?: string | undefined
  until?: Date | undefined
  limit?: number | undefined
  cursor?: string | undefined
}

export interface AuditLine extends FactLine {
  /** Who did it, where a person did. */
  personName: string | null
  /** Which program did it, by the name of its token. */
  programName: string | null
  orgName: string | null
}

/** Everything that happened, newest first, for the platform's desk: what it did itself as well. */
export async function findAudit(
  ground: Ground,
  actor: Actor,
  filter: AuditFilter = {},
): Promise<
  | { result: 'found'; lines: AuditLine[]; kinds: string[]; nextCursor: string | null }
  | { result: 'forbidden' | 'invalid-cursor' }
> {
  if (!may(actor, 'audit.read')) return { result: 'forbidden' }
  const before = filter.cursor === undefined ? undefined : readCursor(filter.cursor)
  if (before === null) return { result: 'invalid-cursor' }
  const size = Math.min(Math.max(1, filter.limit ?? 50), 200)
  const { kind, of: chain, until } = filter
  const facts = await findFacts(ground, { kind, chain, until, before, limit: size + 1 })
  const page = facts.slice(0, size)
  const names = await selectNames(ground.db.read, {
    people: page.flatMap(({ payload }) => textOf(doerOf(payload))),
    programs: page.flatMap(({ payload }) => textOf(payload['apiTokenId'])),
    organisations: page.flatMap(({ payload }) => textOf(payload['orgId'])),
  })
  const last = page.at(-1)
  return {
    result: 'found',
    lines: page.map((fact) => ({
      ...fact,
      personName: names.get(String(doerOf(fact.payload))) ?? null,
      programName: names.get(String(fact.payload['apiTokenId'])) ?? null,
      orgName: names.get(String(fact.payload['orgId'])) ?? null,
    })),
    kinds: await factKindsThereAre(ground),
    nextCursor: facts.length > size && last ? `${last.at.getTime()}~${last.id}` : null,
  }
}

/** Where a fact is about one person and was done by another, it says by whom. */
function doerOf({ by, personId }: FactLine['payload']): unknown {
  const toSomebody = by === null || (typeof by === 'string' && by.startsWith('psn_'))
  return toSomebody ? by : personId
}

function textOf(value: unknown): string[] {
  return typeof value === 'string' ? [value] : []
}

function readCursor(cursor: string): { at: Date; id: string } | null {
  const found = /^(\d{1,15})~(fct_[0-9a-z]{1,64})$/.exec(cursor)
  return found?.[2] ? { at: new Date(Number(found[1])), id: found[2] } : null
}
