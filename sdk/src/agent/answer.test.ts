import { describe, expect, test } from 'vitest'
import { exitOutcomes, readAnswer } from './answer.ts'
import type { Ended } from './command-run.ts'
import { exampleRequest } from './example-request.ts'

const now = new Date('2026-11-22T12:00:00.000Z')
const at = now.toISOString()

function read(code: number, stdout = '', act: 'take_down' | 'put_back' | 'closed' = 'take_down', more = {}) {
  const request = { ...exampleRequest('take_down', 1, now), act }
  const ended: Ended = { how: 'exited', code, stdout, stderrBytes: 0, milliseconds: 1 }
  const answer = readAnswer(request, ended, now, more)
  return answer.answer === 'outcome' ? answer.result : 'code' in answer ? answer.code : answer.answer
}

const item = 'itm_agentcheck'
const by = 'auto'

test.each(Object.entries(exitOutcomes))('exit code %s alone is a whole outcome', (code, said) => {
  const since = said.outcome === 'already_unavailable' ? { since: at } : {}
  expect(read(Number(code))).toEqual({ item, at, by, ...said, ...since })
})

describe('take_down', () => {
  test('words add to what the code says, and with 0 say it themselves', () => {
    expect(read(0, '{"note":"Gone.","scope_applied":"file"}')).toMatchObject({
      outcome: 'content_removed',
      note: 'Gone.',
    })
    expect(read(10, '{"since":"2026-11-01T00:00:00.000Z"}')).toMatchObject({ since: '2026-11-01T00:00:00.000Z' })
    expect(read(12, '{"territory":["NL","BE"]}')).toMatchObject({ outcome: 'access_disabled', territory: ['NL', 'BE'] })
    expect(read(0, ' {"outcome":"forwarded","downstream":"Saltmarsh","by":"human"}\n')).toEqual({
      ...{ item, at, by: 'human', outcome: 'forwarded', downstream: 'Saltmarsh' },
    })
    expect(read(0, '{"outcome":"content_removed","at":"2026-11-22T11:59:00.000Z"}')).toMatchObject({
      at: '2026-11-22T11:59:00.000Z',
    })
  })

  test.each([
    ['{', 'output_malformed'],
    ['Done.', 'output_malformed'],
    ['[]', 'output_malformed'],
    ['null', 'output_malformed'],
    ['{} {}', 'output_malformed'],
    ['{"outcome":"gone"}', 'output_malformed'],
    ['{"outcome":"refused"}', 'output_malformed'],
    ['{"outcome":"access_disabled"}', 'output_malformed'],
    ['{"outcome":"access_disabled","territory":["eu","NL"]}', 'output_malformed'],
    ['{"at":"yesterday"}', 'output_malformed'],
    ['{"at":"2026-11-22T13:00:00.000Z"}', 'output_malformed'],
    ['{"item":"itm_other"}', 'output_contradicts'],
    ['{"outcome":"reinstated"}', 'output_contradicts'],
  ])('0 with %s is %s', (stdout, code) => {
    expect(read(0, stdout)).toBe(code)
  })

  test('a code and words that say different things are refused', () => {
    expect(read(10, '{"outcome":"content_removed"}')).toBe('output_contradicts')
  })

  test('75 asks for another run, 40 for a person, and what nobody knows is neither', () => {
    expect([read(75), read(40), read(1), read(255), read(75, 'words')]).toEqual([
      'asked',
      'later',
      'exit_code_unknown',
      'exit_code_unknown',
      'asked',
    ])
  })

  test('codes of your own', () => {
    const more = {
      50: { outcome: 'access_disabled', territory: ['NL'] },
      11: { outcome: 'refused', reason: 'no_reason_given' },
    }
    expect(read(50, '', 'take_down', more)).toMatchObject({ outcome: 'access_disabled', territory: ['NL'] })
    expect(read(11, '', 'take_down', more)).toMatchObject({ outcome: 'refused' })
    expect(read(50, '', 'put_back', more)).toBe('exit_code_unknown')
  })
})

test('put_back is reinstated, cannot be done, or is tried again', () => {
  expect(read(0, '', 'put_back')).toEqual({ item, at, by, outcome: 'reinstated' })
  expect(read(10, '', 'put_back')).toMatchObject({ outcome: 'reinstated' })
  expect(read(20, '', 'put_back')).toMatchObject({ outcome: 'cannot_execute', reason: 'technical' })
  expect(read(11, '', 'put_back')).toBe('exit_code_unknown')
  expect(read(0, '{"outcome":"content_removed"}', 'put_back')).toBe('output_contradicts')
})

test('closed is done or not', () => {
  expect([read(0, '', 'closed'), read(75, '', 'closed'), read(10, '', 'closed')]).toEqual([
    'done',
    'asked',
    'exit_code_unknown',
  ])
})

test('what did not exit by itself is run again', () => {
  for (const [how, code] of [
    ['missing', 'command_missing'],
    ['timeout', 'command_timeout'],
    ['killed', 'command_killed'],
    ['flooded', 'output_too_long'],
  ] as const) {
    const ended = { how, code: 0, stdout: '', stderrBytes: 0, milliseconds: 1 }
    expect(readAnswer(exampleRequest('take_down', 1, now), ended, now)).toEqual({ answer: 'again', code })
  }
})
