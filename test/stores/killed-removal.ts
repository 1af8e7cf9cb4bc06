/** A removal whose program is killed in one of its transactions, and the next program that carries on. */
import { openRemoval } from '@noticeline/sdk/removal'
import { type CaseStore, type SqlAdapter, sqlCases } from '@noticeline/sdk/stores'
import { aCase, World } from '../../sdk/src/testing/removal-world.ts'
import type { Access } from './databases.ts'

export const moments = ['before its commit', 'between the commit and its answer'] as const
type Moment = (typeof moments)[number]

/** What happens at the company, and stays so once it is withdrawn. */
export const eachOnce = ['block ntc_a/itm_1', 'preserve ntc_a/itm_1', 'undo ntc_a/itm_1', 'up']

export interface Killed {
  open(): Promise<Access>
  readonly key: string
  readonly tables: string
  /** The number of the transaction. */
  readonly at: number
  readonly moment: Moment
}

/** The effects of both programs; null where the first ended before its transaction of that number. */
export async function effectsOfKilled({ open, key, tables, at, moment }: Killed): Promise<string[] | null> {
  const [world, ended] = [new World(), new Set<string>()]
  const first = await open()
  const { adapter, dead } = killedIn(first, at, moment)
  const cases = sqlCases(adapter, { key, tables })
  const played = play(cases, world, ended).catch(() => 'failed' as const)
  if ((await Promise.race([dead, played])) === 'ended') return null
  const second = await open()
  // As the death of a process would say, if it were one. It may have died before there were any tables.
  await second.adapter.query(`UPDATE ${tables}_store SET holder = ''`, []).catch(() => undefined)
  await play(sqlCases(second.adapter, { key, tables }), world, ended)
  await cases.close().catch(() => undefined)
  await Promise.all([played, first.end(), second.end()])
  return [...world.effects, world.get('cust42.tern.example').status]
}

/** A program that is killed in its transaction of this number. `dead` is when. */
function killedIn(access: Access, at: number, moment: Moment) {
  let count = 0
  let say = () => {}
  const dead = new Promise<'killed'>((resolve) => {
    say = () => resolve('killed')
  })
  const die = async (): Promise<never> => {
    await access.kill()
    say()
    throw new Error('This program was killed.')
  }
  const adapter: SqlAdapter = {
    query: access.adapter.query,
    async transaction(work) {
      count += 1
      if (count !== at) return access.adapter.transaction(work)
      // Also where it undoes in the end: everything may be killed.
      const ends = access.adapter.transaction(async (query) => {
        const answer = await work(query).catch(() => undefined)
        if (moment === 'before its commit') await die()
        return answer
      })
      await ends.catch(() => undefined)
      return die()
    },
  }
  return { adapter, dead }
}

/** A notice and its withdrawal. What has run to its end is not run again: that is the inbox's promise. */
async function play(cases: CaseStore, world: World, ended: Set<string>): Promise<'ended'> {
  const removal = await openRemoval({ cases, steps: world.steps(), between: 0, looks: 2 })
  const preservation = { basis: 'law_enforcement', reference: 'X', until: '2026-01-01T00:00:00.000Z' } as const
  const { notice, context, withdrawal } = aCase({ preservation })
  try {
    if (!ended.has('issued')) await removal.on['notice.issued'](notice, context())
    ended.add('issued')
    if (!ended.has('withdrawn')) await removal.on['notice.withdrawn'](withdrawal(), context())
    ended.add('withdrawn')
    return 'ended'
  } finally {
    await removal.stop()
  }
}
