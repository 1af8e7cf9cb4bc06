/** Tells one notice's history while it happens. */
import { setTimeout as wait } from 'node:timers/promises'
import type { FactKind } from '../facts/facts.ts'
import { historyOf } from '../facts/history.ts'
import type { Ground } from '../ground/ground.ts'
import { selectHeadline } from './seed-store.server.ts'

const words: { [K in FactKind]?: string } = {
  'notice.issued': 'Stichting Baken submits a notice about one file',
  'item.attributed': 'its address lies in a network that Tern Hosting has proven',
  'delivery.queued': 'the event for Tern Hosting is signed, once',
  'delivery.offered': 'and offered at its endpoint',
  'delivery.attempted': 'the endpoint has answered',
  'delivery.received': 'Tern Hosting holds it: exactly 202',
  'clock.started': 'so its clock starts',
  'receipt.recorded': 'it says so with its signature',
  'outcome.reported': 'it has taken the file away and reports so, signed',
  'clock.stopped': 'so its clock stops',
  'item.observed': 'we look, without fetching anything',
  'item.confirmed-offline': 'three looks and the report agree: it is gone',
}

/** Resolves when the headline says that the removal is verified; throws when that takes longer than a minute. */
export async function tellLoop(ground: Ground, noticeId: string, print: (line: string) => void): Promise<void> {
  const end = performance.now() + 60_000
  let told = 0
  let began: Date | null = null
  while (performance.now() < end) {
    // The headline first: what made it so is then among the facts read after it.
    const headline = await selectHeadline(ground.db.read, noticeId)
    const history = await historyOf(ground, noticeId)
    for (const fact of history.slice(told)) {
      began ??= fact.at
      const seconds = ((fact.at.getTime() - began.getTime()) / 1000).toFixed(2).padStart(6)
      print(`  ${seconds} s  ${fact.kind.padEnd(22)}  ${words[fact.kind] ?? ''}`)
    }
    told = history.length
    if (headline === 'removed_verified') {
      print(`            ${'headline'.padEnd(22)}  ${headline}`)
      return
    }
    await wait(50)
  }
  throw new Error('The first loop did not end within a minute')
}
