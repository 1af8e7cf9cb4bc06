import type { z } from 'zod'
import { isObject } from './grammar.ts'
import {
  deadlineChanged,
  disputeAnswered,
  hashRecalled,
  noticeClosed,
  noticeCorrected,
  noticeIssued,
  noticeWithdrawn,
} from './notice.ts'
import { refuse, type TokenRefusal } from './refusal.ts'
import { itemsReported, noticeReceived } from './report.ts'
import type { VerifiedToken } from './token.ts'
import { streamUpdated, verification } from './verification.ts'
import { type EventType, eventTypes, messageVersion } from './words.ts'

/** One schema per event type: its types, its published JSON Schema and its reader all come from here. */
export const messageSchemas = {
  [eventTypes.issued]: noticeIssued,
  [eventTypes.corrected]: noticeCorrected,
  [eventTypes.withdrawn]: noticeWithdrawn,
  [eventTypes.deadlineChanged]: deadlineChanged,
  [eventTypes.closed]: noticeClosed,
  [eventTypes.disputeAnswered]: disputeAnswered,
  [eventTypes.hashRecalled]: hashRecalled,
  [eventTypes.received]: noticeReceived,
  [eventTypes.reported]: itemsReported,
  [eventTypes.verification]: verification,
  [eventTypes.streamUpdated]: streamUpdated,
} as const satisfies Record<EventType, z.ZodType>

/** What an event of this type says. */
export type MessageOf<T extends EventType> = z.output<(typeof messageSchemas)[T]>
/** A message with its type: switch on `type`, and `message` has its shape. */
export type TypedMessage = { [T in EventType]: { type: T; message: MessageOf<T> } }[EventType]
/** What any of our events says. */
export type Message = TypedMessage['message']

/** One thing that is wrong with a message, and where. */
export interface InputError {
  /** RFC 6901, into the event. */
  pointer: string
  code: string
  /** In words, quoting nothing that was sent. */
  message: string
}

/** What became of reading a token's event. */
export type MessageReading =
  | ({ read: 'message' } & TypedMessage)
  /** An event type from a later release: keep it, answer 202. */
  | { read: 'unknown'; type: string; body: unknown }
  /** A version we do not speak: keep it aside, answer 400 `invalid_request`, tell a person. */
  | { read: 'quarantine'; type: string; v: unknown; refusal: TokenRefusal }
  | { read: 'refused'; refusal: TokenRefusal & { pointer?: string }; errors: InputError[] }

/** What a verified token says. Members we do not know are left out; the token keeps them. */
export function readMessage(token: VerifiedToken): MessageReading {
  const { type, body } = token.event
  if (!isEventType(type)) return { read: 'unknown', type, body }
  if (isVersioned(type) && isObject(body)) {
    const { v } = body
    if (Number.isSafeInteger(v) && v !== messageVersion)
      return { read: 'quarantine', type, v, refusal: refuse('version_unknown') }
  }
  const parsed = messageSchemas[type].safeParse(body)
  if (!parsed.success) return malformed(inputErrors(parsed.error))
  const notice = 'notice' in parsed.data ? parsed.data.notice : undefined
  const { txn, sub_id: subject } = token.claims
  if (notice !== undefined && ((txn ?? notice) !== notice || (subject?.id ?? notice) !== notice))
    return { read: 'refused', refusal: refuse('notice_mismatch'), errors: [] }
  return { read: 'message', type, message: parsed.data } as { read: 'message' } & TypedMessage
}

/** Whether this is an event type of ours. */
export function isEventType(type: string): type is EventType {
  return Object.hasOwn(messageSchemas, type)
}

function isVersioned(type: EventType): boolean {
  return type !== eventTypes.verification && type !== eventTypes.streamUpdated
}

function malformed(errors: InputError[]): MessageReading {
  const [first] = errors
  const refusal = first
    ? { ...refuse('message_malformed', `At ${first.pointer || 'the top'}: ${first.message}`), pointer: first.pointer }
    : refuse('message_malformed')
  return { read: 'refused', refusal, errors }
}

/** What zod found, as pointers and sentences that quote no input. */
export function inputErrors(error: z.ZodError): InputError[] {
  return error.issues.map((issue) => ({
    pointer: pointerTo(issue.path),
    code: issue.code === 'custom' ? 'incomplete' : issue.code,
    message: issue.message.replace(/\.?$/, '.'),
  }))
}

/** RFC 6901. */
export function pointerTo(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
