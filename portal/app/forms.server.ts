/** FormData → typed input, and a verb's complaints → words beside a field. */
import type { InputError } from '../facts/input-error.ts'
import type { TextKey } from './language/catalogue.ts'
import type { Text } from './language/text.ts'

/** One thing wrong with a form: the field it is about, or the form as a whole, and what to say. */
export interface Complaint {
  field: string | null
  message: string
}

export function word(form: FormData, name: string): string {
  const value = form.get(name)
  return typeof value === 'string' ? value.trim() : ''
}

/**
 * Which of the things that this action does is asked for. Anything else is answered 400, with what there is: the matrix of
 * who may asks for nothing on purpose, and learns there what needs a place.
 */
export function intentOf<const Known extends string>(form: FormData, known: readonly Known[]): Known {
  const asked = word(form, 'intent')
  const found = known.find((one) => one === asked)
  if (found === undefined) throw new Response(`intent is one of: ${known.join(', ')}`, { status: 400 })
  return found
}

/** A field somebody left empty is a field that was not given. */
export function given(form: FormData, name: string): string | undefined {
  return word(form, name) || undefined
}

/** What a `datetime-local` field holds is read as UTC, which its label says. Anything else goes on as it stands, to be refused. */
export function instant(value: string | undefined): string | undefined {
  if (value === undefined) return undefined
  const found = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(\.\d{1,3})?$/.exec(value)
  if (!found) return value
  const whole = value.length === 16 ? `${value}:00` : value
  const parsed = new Date(`${whole}Z`)
  return Number.isNaN(parsed.getTime()) ? value : parsed.toISOString()
}

export function numberOf(value: string | undefined): number | string | undefined {
  if (value === undefined) return undefined
  return /^\d{1,9}$/.test(value) ? Number(value) : value
}

/**
 * Complaints in the reader's language where the catalogue knows the code, in the verb's own words otherwise.
 * `fieldOf` tells which field of the form a JSON pointer is about.
 */
export function complaintsOf(
  errors: readonly InputError[],
  text: Text,
  fieldOf: (pointer: string) => { field: string; label: string } | null,
): Complaint[] {
  return errors.map((error) => {
    const place = fieldOf(error.pointer)
    const known = text.code('complaint', error.code)
    const message = known === error.code ? error.message : known
    return { field: place?.field ?? null, message: place ? `${place.label}: ${message}` : message }
  })
}

export function complain(text: Text, field: string, key: TextKey): Complaint {
  return { field, message: text(key) }
}
