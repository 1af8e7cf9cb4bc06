import { z } from 'zod'
import { type InputError, inputErrorsOf } from '../facts/input-error.ts'
import { isMailbox } from './add-contact.ts'
import { contactKinds, contactPurposes } from './contact.ts'
import { contactHours, isTimeZone } from './contact-hours.ts'

const instant = z.iso.datetime({ offset: true, error: 'An instant such as 2026-12-24T17:00:00.000Z.' })

const away = z
  .strictObject({
    from: instant,
    until: instant.nullable().describe('Null: until it is said otherwise.'),
  })
  .refine((one) => one.until === null || Date.parse(one.until) > Date.parse(one.from), {
    error: 'The end lies after the beginning.',
    path: ['until'],
    params: { code: 'out_of_range' },
  })

/** The body of `POST /v1/contacts`. */
export const contactInput = z
  .strictObject({
    kind: z
      .enum(contactKinds, 'One of abuse, dsa11, tco15, legal_representative.')
      .describe('`dsa11`, `tco15`: the points of contact for authorities of DSA art. 11 and TCO art. 15.'),
    email: z
      .string()
      .trim()
      .refine(isMailbox, { error: 'One plain address of a mailbox.', params: { code: 'not_a_mailbox' } })
      .describe('A role mailbox that several people read.'),
    name: z.string().trim().min(1).max(100).nullable().optional().describe('What the desk behind it is called.'),
    phone: z
      .string()
      .trim()
      .regex(/^\+[1-9][0-9 ()-]{5,25}$/, 'With the country, such as +31 20 555 0100.')
      .nullable()
      .optional()
      .describe('Shown as given: it is not verified.'),
    languages: z
      .array(z.string().regex(/^[a-z]{2,3}$/, 'A code of ISO 639, such as nl.'))
      .min(1, 'At least one.')
      .max(8)
      .describe('The first of en and nl in it is what it is written to in.'),
    purposes: z
      .array(z.enum(contactPurposes, 'One of notices, orders, escalation, legal.'))
      .min(1, 'At least one.')
      .max(4)
      .optional()
      .describe('What it is written to about; left out: what is usual for its kind.'),
    hours: contactHours.optional().describe('"24x7", a weekly table, or null: not said, and never passed over for it.'),
    time_zone: z
      .string()
      .refine(isTimeZone, {
        error: 'A name of the IANA list, such as Europe/Amsterdam.',
        params: { code: 'not_a_zone' },
      })
      .optional()
      .describe('What the hours are said in. Left out: Europe/Amsterdam.'),
    away: away.nullable().optional().describe('Out of office, from when until when; others come first meanwhile.'),
  })
  .describe('A role mailbox, with when somebody is there and what for.')

/** The body of `PATCH /v1/contacts/{id}`: what is left out stays. */
export const contactChange = contactInput
  .partial()
  .extend({ position: z.int().min(1).max(99).optional().describe('Its place in the order of escalation, from 1.') })
export type ContactChangeInput = z.output<typeof contactChange>

/** The body of `verify` and `answer`. */
export const contactCode = z.strictObject({
  code: z.string().min(1).max(40).describe('As it was mailed; capitals, spaces and the dash do not matter.'),
})

export function readInput<T>(
  schema: z.ZodType<T>,
  input: unknown,
): { ok: true; read: T } | { ok: false; errors: InputError[] } {
  const parsed = schema.safeParse(input)
  return parsed.success ? { ok: true, read: parsed.data } : { ok: false, errors: inputErrorsOf(parsed.error, input) }
}
