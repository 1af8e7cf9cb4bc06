import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { currentTerms, termsFor, termsParagraphs } from '../../people/terms.ts'
import { catalogue, languages } from './catalogue.ts'

// A text that somebody accepted is never changed: another text is another version, here as in `people/terms.ts`.
const texts: Record<string, string> = {
  'provider-2026-11 en': '300336473b9371dd',
  'provider-2026-11 nl': 'b1ff93013909db83',
  'notifier-2026-11 en': '19547405c45ad406',
  'notifier-2026-11 nl': '8a1cdf2b618cc5f2',
}

test.each(termsFor)('the terms for a %s read as they did when their version was accepted, in every language', (of) => {
  for (const language of languages) {
    const words = catalogue[language] as Record<string, string>
    const text = Array.from({ length: termsParagraphs }, (_, index) => words[`terms-${of}-${index + 1}`]).join('\n')
    const version = `${currentTerms[of]} ${language}`
    expect(`${version} ${createHash('sha256').update(text).digest('hex').slice(0, 16)}`).toBe(
      `${version} ${texts[version]}`,
    )
  }
})
