import type { Ground } from '../ground/ground.ts'
import { selectRangesAround, selectSystems } from './endpoint-network-store.server.ts'

/**
 * The networks of an organisation that hold each of these, the narrowest first: itself, wider ranges of its own, and the
 * autonomous system of its own that announces it. Takes `ground.db.read` or the `db` of a transaction.
 */
export async function networksAround(
  { routing }: Pick<Ground, 'routing'>,
  db: Ground['db']['read'],
  orgId: string,
  networkIds: readonly string[],
): Promise<Map<string, string[]>> {
  const rows = await selectRangesAround(db, orgId, networkIds)
  const systems = rows.length > 0 ? await selectSystems(db, orgId) : []
  const around = new Map<string, string[]>()
  for (const { id, around: one } of rows) around.set(id, [...(around.get(id) ?? []), one])
  if (systems.length === 0) return around
  for (const { id, network } of rows) {
    const held = around.get(id) ?? []
    const route = network ? routing.holderOf(written(network)) : null
    for (const system of systems) {
      if (route?.asn === Number(system.asn) && !held.includes(system.id)) held.push(system.id)
    }
  }
  return around
}

/** The first address of a range. */
function written(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join('.')
  return bytes.toString('hex').replaceAll(/(....)(?!$)/g, '$1:')
}
