/** Every body this API takes and every answer it gives, by the name it has in the OpenAPI document. */
import {
  itemOutcome,
  itemsReported,
  pollRequest,
  pollResponse,
  refusalBody,
  ssfConfiguration,
} from '@noticeline/sdk/protocol'
import { z } from 'zod'
import { recoverInput } from '../delivery/recover-deliveries.ts'
import { noticeSubmission, withdrawReasons } from '../notices/notice.ts'
import { contactChange, contactCode, contactInput } from '../providers/contact-input.ts'
import { endpointChange, endpointInput } from '../providers/endpoint-input.ts'
import { streamStatusInput } from '../providers/set-stream-status.ts'
import { observationRows } from '../removal/add-observations.ts'
import { delegatedPart, delegatedRevealed } from './delegated-schemas.ts'
import { network, networkClaim, networkClaimed } from './network-schemas.ts'
import { inboxRow, notice, wholeNotice } from './notice-schemas.ts'
import {
  contact,
  contactAdded,
  contactAsked,
  contactRemoved,
  deliveriesRecovered,
  deliveryLog,
  deliveryResent,
  endpoint,
  endpointAdded,
  endpointConfirmed,
  endpointRemoved,
  rehearsal,
  streamStatus,
  streamVerification,
} from './provider-schemas.ts'
import { xarfReport } from './xarf-mapping.ts'

const page = <S extends z.ZodType>(row: S) =>
  z.object({
    data: z.array(row),
    next_cursor: z.string().nullable().describe('Hand it back as `cursor`; null at the end.'),
  })

const keySet = z.object({ keys: z.array(z.record(z.string(), z.unknown())) })

export const withdrawal = z.strictObject({
  reason: z.enum(withdrawReasons, 'One of error, not_illegal, misattributed, police_hold.'),
})

/** A report by a bearer token: the event of the signed form, without its `v`. */
export const jsonReport = z.object({
  v: itemsReported.shape.v.default(1),
  notice: itemsReported.shape.notice,
  seq: itemsReported.shape.seq,
  results: z.array(itemOutcome).min(1).max(100).describe('One result an item; all of them hold, or none.'),
})

export const schemas = {
  Problem: z.object({
    type: z.string().describe('An address that explains the code.'),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().describe('Stable; see the list of problems.'),
    errors: z
      .array(
        z.object({
          pointer: z.string().describe('JSON Pointer into the body, or /query/<name>.'),
          code: z.string(),
          message: z.string(),
        }),
      )
      .optional(),
  }),
  NoticeSubmission: noticeSubmission,
  XarfReport: xarfReport,
  Notice: wholeNotice,
  NoticePage: page(notice),
  Withdrawal: withdrawal,
  Withdrawn: z.object({ id: z.string(), state: z.literal('withdrawn') }),
  ObservationRows: observationRows,
  ObservationsRecorded: z.object({ observations: z.array(z.string()).describe('Their ids, in your order.') }),
  Token: z.string().describe('A signed token: compact JWS, ASCII.'),
  JsonReport: jsonReport,
  ReportRecorded: z.object({ report: z.string().describe('`rpt_…`; the same again for a repeated report.') }),
  SetRefusal: refusalBody,
  EndpointInput: endpointInput,
  EndpointChange: endpointChange,
  Endpoint: endpoint,
  EndpointAdded: endpointAdded,
  EndpointConfirmed: endpointConfirmed,
  EndpointRemoved: endpointRemoved,
  Endpoints: page(endpoint),
  ContactInput: contactInput,
  ContactChange: contactChange,
  ContactCode: contactCode,
  Contact: contact,
  ContactAdded: contactAdded,
  ContactAsked: contactAsked,
  ContactRemoved: contactRemoved,
  Contacts: page(contact),
  Rehearsal: rehearsal,
  NetworkClaim: networkClaim,
  NetworkClaimed: networkClaimed,
  Networks: page(network),
  Delegated: page(delegatedPart),
  DelegatedRevealed: delegatedRevealed,
  InboxPage: page(inboxRow),
  DeliveryPage: page(deliveryLog),
  DeliveryResent: deliveryResent,
  RecoverInput: recoverInput,
  DeliveriesRecovered: deliveriesRecovered,
  PollRequest: pollRequest,
  PollResponse: pollResponse,
  StreamStatus: streamStatus,
  StreamStatusInput: streamStatusInput,
  StreamVerification: streamVerification,
  SsfConfiguration: ssfConfiguration,
  KeySet: keySet,
  Schema: z.record(z.string(), z.unknown()),
  Up: z.object({ up: z.literal(true) }),
  Ready: z.object({
    ready: z.boolean(),
    database: z.boolean(),
    keys: z.boolean(),
    queue_lag_ms: z.int().nullable().describe('How long the oldest due job has waited.'),
    deliveries_late_ms: z
      .int()
      .nullable()
      .describe('How long the oldest due delivery has waited for us, of those whose receiver answered last time.'),
    reactions_late_ms: z
      .int()
      .nullable()
      .describe('How long the oldest thing that must follow from a fact has been waited for.'),
    dead_letters: z.int().nullable().describe('Jobs that were given up; a person has to look.'),
    clock_apart_ms: z
      .int()
      .nullable()
      .describe("By how much this machine's clock is ahead of the database's, which is the one that counts."),
    routing_ranges: z
      .int()
      .describe('Announced ranges that are loaded; 0 where no table was compiled, and all else works.'),
    warnings: z
      .array(z.enum(['dead_letters', 'clock_apart', 'queue_late']))
      .describe('What a person should look at; it takes nobody out of service.'),
  }),
  Text: z.string(),
} as const satisfies Record<string, z.ZodType>
