import { readPreference } from '../session.server.ts'
import { type Language, languages } from './catalogue.ts'

/** The reader's choice, else the one kept with the person, else what the browser asks for, else English. */
export function languageOf(request: Request, personal?: string | null): Language {
  return known(readPreference(request, 'language')) ?? known(personal) ?? asked(request) ?? 'en'
}

function known(value: string | null | undefined): Language | undefined {
  return languages.find((language) => language === value)
}

function asked(request: Request): Language | undefined {
  const wishes = (request.headers.get('accept-language') ?? '').split(',').map((wish) => {
    const [tag = '', ...parameters] = wish.trim().toLowerCase().split(';')
    const quality = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('q='))
    return { language: known(tag.slice(0, 2)), weight: quality ? Number(quality.slice(2)) || 0 : 1 }
  })
  wishes.sort((one, other) => other.weight - one.weight)
  return wishes.find((wish) => wish.language && wish.weight > 0)?.language
}
