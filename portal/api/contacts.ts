import type { Ground } from '../ground/ground.ts'
import type { ProgramActor } from '../people/may.ts'
import { askContact } from '../providers/ask-contact.ts'
import { changeContact, removeContact } from '../providers/change-contact.ts'
import { type ContactConfirmed, confirmContact } from '../providers/confirm-contact.ts'
import { contactCode, readInput } from '../providers/contact-input.ts'
import { type Contact, findContact, findContacts } from '../providers/find-contacts.ts'
import { registerContact } from '../providers/register-contact.ts'
import { etagOf } from './notices.ts'
import type { ProblemCode } from './problems.ts'
import { type Asking, type Face, programRoute } from './route.ts'

/** `/v1/contacts`: who is written to, in which order, and the proof that somebody reads what is sent there. */
export function addContacts(face: Face): void {
  addRegistration(face)
  addReading(face)
  addChange(face)
  addRemoval(face)
  addCodes(face)
}

const writing = { tag: 'Provider', act: 'contacts.write', scope: 'contacts:write' } as const
const reading = { tag: 'Provider', act: 'contacts.read', scope: 'contacts:write' } as const
const confirming = { tag: 'Provider', act: 'contacts.confirm', scope: 'contacts:write' } as const

type Answering = Pick<Asking<never>, 'answer' | 'refuse'>

function addRegistration(face: Face): void {
  const { ground } = face
  programRoute(
    face,
    {
      ...writing,
      method: 'post',
      path: '/v1/contacts',
      summary: 'Add a contact',
      description: 'At the end of the order. A code is mailed to it; nothing else is sent there before it comes back.',
      body: { 'application/json': 'ContactInput' },
      creates: {},
      answers: { 201: { description: 'Added, and mailed a code.', schema: 'ContactAdded' } },
      refusals: ['invalid', 'too_many_contacts'],
    },
    async ({ actor, input, answer, refuse }) => {
      const added = await registerContact(ground, actor, input)
      switch (added.result) {
        case 'registered': {
          const found = await findContact(ground, actor, added.contactId)
          if (found.result !== 'found') return refuse('not_found')
          const Location = `${ground.config.origin}/v1/contacts/${added.contactId}`
          return answer(201, { ...contactOnWire(found.contact), code_mailed: added.asked }, { Location })
        }
        case 'invalid':
          return refuse('invalid', { errors: added.errors })
        case 'too-many':
          return refuse('too_many_contacts')
        case 'forbidden':
          return refuse('forbidden')
      }
    },
  )
}

function addReading(face: Face): void {
  const { ground } = face
  programRoute(
    face,
    {
      ...reading,
      method: 'get',
      path: '/v1/contacts',
      summary: 'Your contacts, in the order of escalation',
      answers: { 200: { description: 'All of them.', schema: 'Contacts' } },
    },
    async ({ actor, answer, refuse }) => {
      const found = await findContacts(ground, actor)
      if (found.result === 'forbidden') return refuse('forbidden')
      return answer(200, { data: found.contacts.map(contactOnWire), next_cursor: null })
    },
  )

  programRoute(
    face,
    {
      ...reading,
      method: 'get',
      path: '/v1/contacts/{id}',
      summary: 'One contact',
      answers: { 200: { description: 'With an ETag for If-Match.', schema: 'Contact' } },
      refusals: ['not_found'],
    },
    async ({ actor, id, answer, refuse }) => answerContact(ground, actor, id, { answer, refuse }),
  )
}

async function answerContact(
  ground: Ground,
  actor: ProgramActor,
  id: string,
  { answer, refuse }: Answering,
): Promise<Response> {
  const found = await findContact(ground, actor, id)
  if (found.result !== 'found') return refuse(found.result === 'forbidden' ? 'forbidden' : 'not_found')
  const body = contactOnWire(found.contact)
  return answer(200, body, { ETag: etagOf(body) })
}

/** Null where it is as the caller read it, or the caller did not say. */
async function changedSince(
  ground: Ground,
  { actor, id, c, refuse }: Pick<Asking<never>, 'id' | 'c' | 'refuse'> & { actor: ProgramActor },
): Promise<Response | null> {
  const match = c.req.header('if-match')
  if (match === undefined || match === '*') return null
  const found = await findContact(ground, actor, id)
  if (found.result !== 'found') return refuse('not_found')
  return match === etagOf(contactOnWire(found.contact)) ? null : refuse('precondition_failed')
}

function addChange(face: Face): void {
  const { ground } = face
  programRoute(
    face,
    {
      ...writing,
      method: 'patch',
      path: '/v1/contacts/{id}',
      summary: 'Change a contact, or its place in the order',
      description:
        'What is left out stays. Another mailbox voids what was verified, and is mailed a code. Takes If-Match.',
      body: { 'application/json': 'ContactChange' },
      answers: { 200: { description: 'As it is now.', schema: 'Contact' } },
      refusals: ['invalid', 'not_found', 'last_contact', 'precondition_failed'],
    },
    async ({ c, actor, id, input, answer, refuse }) => {
      const stale = await changedSince(ground, { actor, id, c, refuse })
      if (stale) return stale
      const changed = await changeContact(ground, actor, id, input)
      switch (changed.result) {
        case 'changed':
          return answerContact(ground, actor, id, { answer, refuse })
        case 'invalid':
          return refuse('invalid', { errors: changed.errors })
        case 'last-contact':
          return refuse('last_contact')
        case 'unknown-contact':
          return refuse('not_found')
        case 'forbidden':
          return refuse('forbidden')
      }
    },
  )
}

function addRemoval(face: Face): void {
  const { ground } = face
  programRoute(
    face,
    {
      ...writing,
      method: 'delete',
      path: '/v1/contacts/{id}',
      summary: 'Remove a contact',
      description: 'Not the last one that works while networks are proven. Takes If-Match.',
      answers: { 200: { description: 'Removed.', schema: 'ContactRemoved' } },
      refusals: ['not_found', 'last_contact', 'precondition_failed'],
    },
    async ({ c, actor, id, answer, refuse }) => {
      const stale = await changedSince(ground, { actor, id, c, refuse })
      if (stale) return stale
      const { result } = await removeContact(ground, actor, id)
      switch (result) {
        case 'removed':
          return answer(200, { id, removed: true })
        case 'last-contact':
          return refuse('last_contact')
        case 'unknown-contact':
          return refuse('not_found')
        case 'forbidden':
          return refuse('forbidden')
      }
    },
  )
}

function addCodes(face: Face): void {
  const { ground } = face
  programRoute(
    face,
    {
      ...confirming,
      method: 'post',
      path: '/v1/contacts/{id}/code',
      summary: 'Have a code mailed again',
      description: 'The one before is void. Five an hour for a contact, ten a day for a mailbox.',
      answers: { 200: { description: 'It is on its way.', schema: 'ContactAsked' } },
      refusals: ['not_found'],
    },
    async ({ actor, id, answer, refuse }) => {
      const { result } = await askContact(ground, actor, id)
      switch (result) {
        case 'asked':
          return answer(200, { id, code_mailed: true })
        case 'limited':
          return refuse('rate_limited', {
            detail: 'Too many codes were mailed there; wait an hour.',
            headers: { 'Retry-After': '3600' },
          })
        case 'unknown-contact':
          return refuse('not_found')
        case 'forbidden':
          return refuse('forbidden')
      }
    },
  )

  for (const [path, summary, description] of [
    ['verify', 'Bring the code back', 'Somebody reads that mailbox: from now on pointers are sent there.'],
    [
      'answer',
      'Answer the six-monthly challenge',
      'With the code from the mail; a machine that reads the mailbox may. The proof holds for six more months.',
    ],
  ] as const) {
    programRoute(
      face,
      {
        ...confirming,
        method: 'post',
        path: `/v1/contacts/{id}/${path}`,
        summary,
        description,
        body: { 'application/json': 'ContactCode' },
        answers: { 200: { description: 'Confirmed.', schema: 'Contact' } },
        refusals: ['invalid', 'not_found', ...Object.values(codeProblems)],
      },
      async ({ actor, id, input, answer, refuse }) => {
        const read = readInput(contactCode, input)
        if (!read.ok) return refuse('invalid', { errors: read.errors })
        const confirmed = await confirmContact(ground, actor, id, read.read.code, 'api')
        switch (confirmed.result) {
          case 'confirmed':
            return answerContact(ground, actor, id, { answer, refuse })
          case 'wrong':
            return refuse('code_wrong', { detail: `This is not the code. Tries left: ${confirmed.triesLeft}.` })
          case 'unknown-contact':
            return refuse('not_found')
          case 'forbidden':
            return refuse('forbidden')
          default:
            return refuse(codeProblems[confirmed.result])
        }
      },
    )
  }
}

const codeProblems: {
  readonly [R in Exclude<ContactConfirmed['result'], 'confirmed' | 'unknown-contact' | 'forbidden'>]: ProblemCode
} = {
  wrong: 'code_wrong',
  used: 'code_used',
  expired: 'code_expired',
  replaced: 'code_replaced',
  'too-many-tries': 'code_void',
  none: 'code_none',
}

function contactOnWire(contact: Contact) {
  return {
    id: contact.id,
    kind: contact.kind,
    purposes: contact.purposes,
    name: contact.name,
    email: contact.email,
    phone: contact.phone,
    languages: contact.languages,
    hours: contact.hours,
    time_zone: contact.timeZone,
    away: contact.away && {
      from: contact.away.from.toISOString(),
      until: contact.away.until?.toISOString() ?? null,
    },
    position: contact.position,
    state: contact.state,
    verified_at: contact.verifiedAt?.toISOString() ?? null,
    lapses_at: contact.lapsesAt?.toISOString() ?? null,
    unreachable_at: contact.unreachableAt?.toISOString() ?? null,
    unreachable_code: contact.unreachableCode,
    created_at: contact.createdAt.toISOString(),
    updated_at: contact.updatedAt.toISOString(),
  }
}
