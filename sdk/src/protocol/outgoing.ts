import { isObject } from './grammar.ts'
import { type InputError, inputErrors, messageSchemas, pointerTo } from './version.ts'
import type { EventType } from './words.ts'

/** Whether a message may be sent as it is, and what is wrong with it where not. */
export type OutgoingCheck = { ok: true } | { ok: false; errors: InputError[] }

/**
 * The strict form, for whoever sends: the documented shape and not one member more. Whoever receives reads with
 * `readMessage`, which lets unknown members pass.
 */
export function checkOutgoing(type: EventType, body: unknown): OutgoingCheck {
  const parsed = messageSchemas[type].safeParse(body)
  if (!parsed.success) return { ok: false, errors: inputErrors(parsed.error) }
  const errors = undocumented(body, parsed.data, [])
  return errors.length === 0 ? { ok: true } : { ok: false, errors }
}

// The schemas leave out what they do not know, so what is in the input and not in the output is undocumented.
function undocumented(given: unknown, known: unknown, path: PropertyKey[]): InputError[] {
  if (Array.isArray(given) && Array.isArray(known))
    return given.flatMap((value, index) => undocumented(value, known[index], [...path, index]))
  if (!isObject(given) || !isObject(known)) return []
  return Object.entries(given).flatMap(([name, value]) => {
    const here = [...path, name]
    if (value === undefined || Object.hasOwn(known, name)) return undocumented(value, known[name], here)
    return [{ pointer: pointerTo(here), code: 'undocumented', message: 'This member is not documented.' }]
  })
}
