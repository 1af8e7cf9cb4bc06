import { expect, test } from 'vitest'
import { changeRole } from '../people/change-role.ts'
import { findAudit } from '../people/find-audit.ts'
import { mailedTo, withProvider } from '../testing/build/contact.ts'
import { member, person, program } from '../testing/build/person.ts'
import type { TestGround } from '../testing/with-ground.ts'
import { changeContact, removeContact } from './change-contact.ts'
import { confirmByLink, confirmContact } from './confirm-contact.ts'
import { registerContact } from './register-contact.ts'

const start = '2026-11-22T09:00:00.000Z'

/** What the desk reads of this organisation, oldest first: what happened, and whose hand it was. */
async function read(ground: TestGround, orgId: string, about: RegExp): Promise<string[]> {
  const desk = await person(ground, { orgKind: 'platform' })
  const found = await findAudit(ground, desk, { of: orgId, limit: 200 })
  if (found.result !== 'found') throw new Error(found.result)
  return found.lines
    .filter(({ kind }) => about.test(kind))
    .map(({ kind, personName, programName }) => `${kind}: ${personName ?? programName ?? '-'}`)
    .reverse()
}

const nameOf = async (ground: TestGround, personId: string) =>
  (await ground.db.read.selectFrom('people').select('name').where('id', '=', personId).executeTakeFirstOrThrow()).name

test('whoever added, confirmed, changed or removed a contact stands in the audit, a program by the name of its token', () =>
  withProvider(start, async (ground, { orgId }) => {
    const owner = await person(ground, { orgId, role: 'owner' })
    const machine = await program(ground, { orgId })
    const input = { kind: 'abuse', email: 'abuse@tern.example', languages: ['en'] }
    const made = await registerContact(ground, owner, input)
    const contactId = made.result === 'registered' ? made.contactId : ''
    await ground.runReactions()
    await confirmContact(ground, owner, contactId, mailedTo(ground, 'abuse@tern.example').code)
    const second = await registerContact(ground, machine, { ...input, email: 'noc@tern.example' })
    await ground.runReactions()
    await confirmByLink(ground, mailedTo(ground, 'noc@tern.example').token)
    const secondId = second.result === 'registered' ? second.contactId : ''
    await changeContact(ground, machine, secondId, { name: 'Night desk' })
    await removeContact(ground, owner, secondId)
    const name = await nameOf(ground, owner.personId)
    const { name: token } = await ground.db.read
      .selectFrom('apiTokens')
      .select('name')
      .where('id', '=', machine.apiTokenId)
      .executeTakeFirstOrThrow()
    expect(await read(ground, orgId, /^contact\./)).toEqual([
      `contact.added: ${name}`,
      `contact.asked: ${name}`,
      `contact.confirmed: ${name}`,
      `contact.added: ${token}`,
      `contact.asked: ${token}`,
      'contact.confirmed: -',
      `contact.changed: ${token}`,
      `contact.removed: ${name}`,
    ])
  }))

test('what was done to one person by another is named after who did it', () =>
  withProvider(start, async (ground, { orgId }) => {
    const owner = await person(ground, { orgId, role: 'owner' })
    const { personId } = await member(ground, { orgId, role: 'handler' })
    await changeRole(ground, owner, { personId, role: 'admin' })
    expect(await read(ground, orgId, /^member\.role/)).toEqual([
      `member.role-changed: ${await nameOf(ground, owner.personId)}`,
    ])
  }))
