import type { RefusalCode } from '../../src/protocol/refusal.ts'
import { type Expectation, plainReceiver, push, reportsDesk, type Sent } from './cast.ts'

export interface Refused {
  name: string
  why: string
  direction: 'to_receiver' | 'to_portal'
  sent: Sent
  expect: Expectation
  code: RefusalCode
}

export function toReceiver(
  name: string,
  code: RefusalCode,
  sent: string | Sent,
  why: string,
  expect: Expectation = plainReceiver,
): Refused {
  return { name, why, direction: 'to_receiver', sent: typeof sent === 'string' ? push(sent) : sent, expect, code }
}

export function toPortal(name: string, code: RefusalCode, sent: string | Sent, why: string): Refused {
  return { ...toReceiver(name, code, sent, why, reportsDesk), direction: 'to_portal' }
}
