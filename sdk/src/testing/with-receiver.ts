import { memoryStore } from '../inbox/memory.ts'
import type { Alarm } from '../receiver/core.ts'
import { createReceiver, type Receiver, type ReceiverOptions } from '../receiver/create-receiver.ts'
import type { Handlers } from '../receiver/handlers.ts'
import type { ContentRemoved, Reinstatement } from '../receiver/outcomes.ts'
import { generateKeys, type OwnKeys } from '../receiver/own-keys.ts'
import type { Misbehaviour } from './misbehaviour.ts'
import { createTestClock, type TestClock } from './test-clock.ts'
import { createTestPortal, type TestPortal } from './test-portal.ts'

export type HandClock = TestClock
export const handClock = createTestClock

export interface Scene {
  readonly portal: TestPortal
  readonly receiver: Receiver
  readonly clock: HandClock
  readonly alarms: Alarm[]
  readonly keys: OwnKeys
  /** What handlers were called with: the type and the items. */
  readonly ran: string[]
}

export const removed = (item: string): ContentRemoved => ({
  item,
  outcome: 'content_removed',
  at: '2026-11-21T10:00:00.000Z',
  by: 'auto',
})

export const reinstated = (item: string): Reinstatement => ({ ...removed(item), outcome: 'reinstated' })

type Given = Partial<Omit<ReceiverOptions, 'on'>> & {
  readonly on?: (scene: Pick<Scene, 'clock' | 'ran'>) => Partial<Handlers>
  readonly plain?: boolean
  /** From before there is a receiver. */
  readonly misbehave?: Misbehaviour
}

/** A portal, and a receiver it writes to, on a clock that only moves by hand. */
export async function withReceiver(given: Given, work: (scene: Scene) => Promise<void>): Promise<void> {
  const clock = handClock('2026-11-21T09:00:00.000Z')
  const portal = await createTestPortal({ clock })
  const alarms: Alarm[] = []
  const ran: string[] = []
  const fresh = await generateKeys()
  const keys = given.plain ? { ...fresh, sealing: [] } : fresh
  const { on, plain: _, misbehave = {}, ...options } = given
  portal.misbehave(misbehave)
  const endpoint = portal.attach({
    signingKeys: keys.signing.map(({ publicJwk }) => publicJwk),
    sealingKey: keys.sealing[0]?.publicJwk ?? null,
    to: (request) => receiver.handle(request),
  })
  const receiver: Receiver = await createReceiver({
    issuer: portal.issuer,
    audience: endpoint.audience,
    keys,
    inbox: memoryStore(),
    clock,
    onAlarm: (alarm) => alarms.push(alarm),
    ...options,
    on: {
      'notice.issued': (notice) => {
        ran.push(`issued ${notice.items.map(({ id }) => id).join(' ')}`)
        return notice.items.map(({ id }) => removed(id))
      },
      'notice.withdrawn': (withdrawal) => {
        ran.push(`withdrawn ${withdrawal.items.join(' ')}`)
        return withdrawal.items.map((id) => reinstated(id))
      },
      ...on?.({ clock, ran }),
    },
  })
  try {
    await work({ portal, receiver, clock, alarms, keys, ran })
  } finally {
    await receiver.stop(0)
    await portal.stop()
  }
}

export function codesOf({ answers }: { readonly answers: readonly { readonly code: number }[] }): number[] {
  return answers.map(({ code }) => code)
}
