import { expect, test } from 'vitest'
import type { MailClass } from '../ground/ground.ts'
import { type MailState, stateAfter } from './mail.ts'

const moves: [MailState, MailClass, boolean, MailState][] = [
  ['sent', 'permanent', true, 'returned'],
  ['sending', 'permanent', true, 'returned'],
  ['sent', 'temporary', false, 'delayed'],
  ['sent', 'temporary', true, 'returned'],
  ['delayed', 'auto_reply', false, 'auto_replied'],
  ['auto_replied', 'permanent', true, 'returned'],
  ['auto_replied', 'temporary', false, 'auto_replied'],
  ['returned', 'auto_reply', false, 'returned'],
  ['returned', 'person', false, 'answered'],
  ['silent', 'person', false, 'answered'],
  ['silent', 'auto_reply', false, 'auto_replied'],
  ['answered', 'permanent', true, 'answered'],
  ['answered', 'auto_reply', false, 'answered'],
  ['sent', 'feedback', false, 'sent'],
]

test.each(moves)('%s, then %s (given up: %s): %s', (state, found, givenUp, expected) => {
  expect(stateAfter(state, { class: found, givenUp })).toBe(expected)
})
