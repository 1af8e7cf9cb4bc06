import { expect, test } from 'vitest'
import { languageOf } from './language.server.ts'

const request = (headers: Record<string, string>) => new Request('https://portal.example/', { headers })

test('a choice comes before the person, the person before the browser', () => {
  const asked = { 'accept-language': 'nl-NL,nl;q=0.9' }
  expect(languageOf(request({ ...asked, cookie: 'theme=dark; language=en' }), 'nl')).toBe('en')
  expect(languageOf(request(asked), 'en')).toBe('en')
  expect(languageOf(request(asked))).toBe('nl')
})

test('the browser is heard by its weights, and what is not spoken here is passed over', () => {
  expect(languageOf(request({ 'accept-language': 'fr, en;q=0.3, nl;q=0.7' }))).toBe('nl')
  expect(languageOf(request({ 'accept-language': 'nl;q=0, de' }))).toBe('en')
  expect(languageOf(request({ cookie: 'language=xx' }))).toBe('en')
})
