import { type InputError, pointerTo } from '@noticeline/sdk/protocol'
import type { z } from 'zod'

/** What is wrong with one member of an input. `pointer` is RFC 6901; `code` is stable; nothing of the input is quoted. */
export type { InputError } from '@noticeline/sdk/protocol'

const looksLikeOurs = /^[a-z][a-z_]{0,30}$/

/**
 * The issues of a schema as input errors. zod's own messages quote nothing but what the schema says, except for unknown
 * members, whose names are the sender's: those stand in the pointer only.
 */
export function inputErrorsOf(error: z.ZodError, input?: unknown): InputError[] {
  return error.issues.flatMap((issue): InputError[] => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        // A name that looks like one of ours is said, since it is probably a slip; any other could hold an address.
        pointer: pointerTo(looksLikeOurs.test(key) ? [...issue.path, key] : issue.path),
        code: 'unknown_member',
        message: looksLikeOurs.test(key) ? 'There is no such member.' : 'A member in here is not known.',
      }))
    }
    const pointer = pointerTo(issue.path)
    if (issue.code === 'invalid_value' && isMissing(input, issue.path)) {
      return [{ pointer, code: 'required', message: issue.message }]
    }
    return [{ pointer, code: codeOf(issue), message: issue.message }]
  })
}

// For a choice zod says the same of a wrong one and of none; the input tells them apart, where it is at hand.
function isMissing(input: unknown, path: readonly PropertyKey[]): boolean {
  let value = input
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return false
    if (!Object.hasOwn(value, part)) return true
    value = (value as Record<PropertyKey, unknown>)[part]
  }
  return false
}

function codeOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.message.includes('received undefined') ? 'required' : 'wrong_type'
    case 'too_big':
      return 'too_long'
    case 'too_small':
      return 'too_short'
    case 'invalid_format':
      return 'wrong_format'
    case 'invalid_value':
      return 'not_one_of'
    case 'custom':
      return typeof issue.params?.code === 'string' ? issue.params.code : 'invalid'
    default:
      return 'invalid'
  }
}
