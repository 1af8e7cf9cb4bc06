import {
  appliedScopes,
  besideCodes,
  categories,
  legalClasses,
  outcomeCodes,
  outcomeReasons,
  regimes,
  scopes,
  withdrawalReasons,
} from '@noticeline/sdk/protocol'
import { IntlMessageFormat } from 'intl-messageformat'
import { describe, expect, test } from 'vitest'
import { sights } from '../../attribution/delegation.ts'
import { claimProofs, contradictions } from '../../attribution/network-claim.ts'
import type { FactKind } from '../../facts/facts.ts'
import { headlines } from '../../removal/headline.ts'
import { observationMethods, observationResults } from '../../removal/observation.ts'
import { catalogue, languages, partsOfCatalogue, type TextKey } from './catalogue.ts'
import { textIn } from './text.ts'

/** Of the facts that can stand in the history of a notice. */
const factsOfNotices = [
  ...['notice.issued', 'notice.withdrawn', 'notice.closed', 'item.attributed', 'item.unattributed', 'item.revealed'],
  ...['delivery.queued', 'delivery.attempted', 'delivery.offered', 'delivery.received', 'delivery.failed'],
  ...[
    'receipt.recorded',
    'receipt.contested',
    'clock.started',
    'clock.paused',
    'clock.resumed',
    'clock.stopped',
    'clock.set-right',
  ],
  ...['deadline.passed', 'outcome.reported', 'item.observed', 'item.confirmed-offline', 'item.contradicted'],
  'item.reappeared',
] as const satisfies FactKind[]

/** The names of what is put into a message. */
function placesIn(message: string): string[] {
  const names = new Set<string>()
  const walk = (parts: readonly unknown[]) => {
    for (const part of parts as { type: number; value: unknown; options?: Record<string, { value: unknown[] }> }[]) {
      if (part.type > 0 && part.type < 7) names.add(String(part.value))
      for (const option of Object.values(part.options ?? {})) walk(option.value)
    }
  }
  walk(new IntlMessageFormat(message, 'en', undefined, { ignoreTag: true }).getAst())
  return [...names].sort()
}

test('every message can be read, and asks for the same in both languages', () => {
  const keys = Object.keys(catalogue.en) as TextKey[]
  expect(keys.length).toBeGreaterThan(300)
  const different = keys.filter((key) => placesIn(catalogue.en[key]).join() !== placesIn(catalogue.nl[key]).join())
  expect(different).toEqual([])
})

test('no message is empty, and none that is a sentence was left in the other language', () => {
  const keys = Object.keys(catalogue.en) as TextKey[]
  expect(keys.filter((key) => catalogue.en[key].trim() === '' || catalogue.nl[key].trim() === '')).toEqual([])
  // "item" is the same word in both.
  const sentences = keys.filter((key) => !catalogue.en[key].startsWith('{'))
  const same = sentences.filter(
    (key) => catalogue.en[key] === catalogue.nl[key] && catalogue.en[key].split(' ').length > 3,
  )
  expect(same).toEqual([])
})

describe('every code that a page shows has a word in both languages', () => {
  const lists: Record<string, readonly string[]> = {
    regime: regimes,
    category: categories,
    'legal-class': legalClasses,
    scope: [...scopes, ...appliedScopes],
    headline: headlines,
    'headline-hint': headlines,
    outcome: [...outcomeCodes, ...besideCodes],
    'outcome-hint': outcomeCodes,
    reason: Object.values(outcomeReasons).flat(),
    withdrawal: withdrawalReasons,
    method: observationMethods,
    observed: observationResults,
    delivery: ['none', 'queued', 'offered', 'received', 'acknowledged', 'failed'],
    clock: ['waiting', 'running', 'paused', 'met', 'exceeded'],
    grade: ['signed', 'authenticated', 'form_confirmed', 'by_phone', 'machine', 'analyst'],
    how: ['push', 'poll', 'signed_receipt', 'form_confirmed'],
    evidence: [
      'address_in_url',
      'address_given',
      'dns',
      'network',
      'domain',
      'desk',
      'delegation',
      'registry',
      'routing',
    ],
    unattributed: [
      'lookup_failed',
      'no_address',
      'no_network',
      'partly_unknown',
      'several_providers',
      'registry_unknown',
      'registry_no_mailbox',
      'registry_contradicted',
      'registry_silent',
      'provider_suspended',
      'not_hosted_here',
    ],
    'network-kind': ['cidr', 'asn', 'domain'],
    'network-proof': [...claimProofs, 'platform_desk'],
    contradiction: contradictions,
    'delegation-sees': sights,
    fact: factsOfNotices,
    failure: ['address_refused', 'dns', 'refused', 'unreachable', 'timeout', 'tls', 'reset', 'too_large', 'protocol'],
  }
  test.each(Object.entries(lists))('%s', (list, codes) => {
    for (const language of languages) {
      const text = textIn(language)
      expect(codes.filter((code) => text.code(list, code) === code)).toEqual([])
    }
  })
})

test('numbers decide between one and many', () => {
  expect(textIn('en')('form-invalid', { count: 1 })).toBe('One thing needs another look. Nothing has been sent.')
  expect(textIn('nl')('form-invalid', { count: 2 })).toBe('2 dingen vragen nog aandacht. Er is niets verstuurd.')
})

test('a key belongs to one part of the catalogue', () => {
  const keys = partsOfCatalogue.flatMap((part) => Object.keys(part))
  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([])
  expect(keys).toHaveLength(Object.keys(catalogue.en).length)
})
