import { IntlMessageFormat } from 'intl-messageformat'
import { catalogue, type Language, type TextKey } from './catalogue.ts'

export type TextValues = Record<string, string | number>

/** What a page says, in one language. */
export interface Text {
  (key: TextKey, values?: TextValues): string
  readonly language: Language
  /** The word for a code of a closed list, such as `outcome` and `content_removed`; a code without a word names itself. */
  code(list: string, code: string): string
}

const parsed = new Map<string, IntlMessageFormat>()

function format(language: Language, key: TextKey): IntlMessageFormat {
  const name = `${language}:${key}`
  const known = parsed.get(name)
  if (known) return known
  const made = new IntlMessageFormat(catalogue[language][key], language, undefined, { ignoreTag: true })
  parsed.set(name, made)
  return made
}

/** A name that ends with a full stop ends its sentence as well: “of Wigeon Networks B.V.”, not “B.V..”. */
function spoken(said: string, values: TextValues): string {
  const ending = Object.values(values).filter(
    (value): value is string => typeof value === 'string' && value.endsWith('.'),
  )
  return ending.reduce((sentence, value) => sentence.replaceAll(`${value}.`, value), said)
}

export function textIn(language: Language): Text {
  const say = (key: TextKey, values?: TextValues): string =>
    values ? spoken(String(format(language, key).format(values)), values) : catalogue[language][key]
  const code = (list: string, name: string): string =>
    (catalogue[language] as Record<string, string>)[`${list}.${name}`] ?? name
  return Object.assign(say, { language, code })
}
