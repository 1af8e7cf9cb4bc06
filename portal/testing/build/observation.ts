import { observeDueItems } from '../../removal/observe-item.ts'
import type { TestGround } from '../with-ground.ts'

/** What the content's host answers from now on: the status of a HEAD, whatever the address. */
export function hostAnswers(ground: TestGround, status: number): void {
  ground.outbound.answer(/\.tern\.example\/g\//, status)
}

/** The names of the content's hosts exist. */
export function hostsExist(ground: TestGround): void {
  for (let index = 1; index < 400; index += 1) ground.lookups.answer(`cust${index}.tern.example`, ['203.0.113.80'])
}

/** So many looks, each when it is due. Answers how many looks were made. */
export async function looks(ground: TestGround, times: number, stepMs = ground.config.observeIntervalMs) {
  let made = 0
  for (let round = 0; round < times; round += 1) {
    made += await observeDueItems(ground, { limit: 100 })
    await ground.runReactions()
    ground.clock.set(new Date(ground.clock.now().getTime() + stepMs))
  }
  return made
}
