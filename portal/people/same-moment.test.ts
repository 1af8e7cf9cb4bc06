/** Two people do the same for the first time, in the same moment: both get an answer, and there is one of what they made. */
import { expect, test } from 'vitest'
import { person } from '../testing/build/person.ts'
import { type TestGround, withGround } from '../testing/with-ground.ts'
import { acceptInvitation } from './accept-invitation.ts'
import { addPerson } from './add-person.ts'
import { askToJoin } from './ask-to-join.ts'
import { confirmMailboxChange, requestMailboxChange } from './change-mailbox.ts'
import { consumeJoining } from './consume-joining.ts'
import { inviteMember } from './invite-member.ts'
import { mailInvitation } from './mail-invitation.ts'
import { mailJoining } from './mail-joining.ts'
import { mailMailboxChange } from './mail-mailbox-change.ts'
import { mailSignIn } from './mail-sign-in.ts'
import { consumeSignIn, requestSignIn } from './sign-in.ts'
import { currentTerms } from './terms.ts'

const at = '2026-11-22T09:00:00.000Z'
const options = {
  reactions: {
    'member.invited': [mailInvitation],
    'joining.asked': [mailJoining],
    'mailbox-change.requested': [mailMailboxChange],
    'sign-in.requested': [mailSignIn],
  },
}
const email = 'kim@newcomers.example'
const times = 4

function together<T>(work: (turn: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: times }, (_, turn) => work(turn)))
}

async function tokensOf(ground: TestGround, page: string): Promise<string[]> {
  await ground.runReactions()
  return ground.caught.mail.flatMap(({ text }) => new RegExp(`/${page}/(\\S+)`).exec(text)?.[1] ?? [])
}

const countOf = async (ground: TestGround, mailbox = email) =>
  (await ground.db.read.selectFrom('people').select('id').where('email', '=', mailbox).execute()).length

test('added to several organisations at once, a mailbox nobody knew is one person', () =>
  withGround(at, options, async (ground) => {
    const orgs = await together(
      async (turn) => (await person(ground, { role: 'owner', email: `o${turn}@x.example` })).orgId,
    )
    const added = await together((turn) =>
      addPerson(ground, { orgId: orgs[turn] ?? '', email, name: 'Kim', role: 'handler' }),
    )
    expect(added.map(({ result }) => result)).toEqual(Array(times).fill('added'))
    expect(await countOf(ground)).toBe(1)
  }))

test('invited twice in the same moment, it is invited once', () =>
  withGround(at, options, async (ground) => {
    const owner = await person(ground, { role: 'owner' })
    const invited = await together(() => inviteMember(ground, owner, { email, role: 'handler', locale: 'en' }))
    expect(invited.map(({ result }) => result).filter((result) => result === 'invited')).toHaveLength(1)
    expect(await tokensOf(ground, 'invitation')).toHaveLength(1)
  }))

test('the first invitations of several organisations, accepted at once, make one person', () =>
  withGround(at, options, async (ground) => {
    for (let turn = 0; turn < times; turn += 1) {
      const owner = await person(ground, { role: 'owner', email: `o${turn}@x.example` })
      await inviteMember(ground, owner, { email, role: 'handler', locale: 'en' })
    }
    const tokens = await tokensOf(ground, 'invitation')
    expect(tokens).toHaveLength(times)
    const accepted = await together((turn) =>
      acceptInvitation(ground, tokens[turn] ?? '', { actor: null, name: 'Kim' }),
    )
    expect(accepted.map(({ result }) => result).sort()).toEqual([
      ...Array(times - 1).fill('joined-sign-in'),
      'signed-in',
    ])
    expect(await countOf(ground)).toBe(1)
  }))

test('two links to come in with one unknown mailbox, pressed at once, make one company and one person', () =>
  withGround(at, options, async (ground) => {
    const asking = { email, personName: 'Kim', companyName: 'Wigeon', country: 'NL', locale: 'en' }
    await together(() => askToJoin(ground, asking))
    const tokens = await tokensOf(ground, 'join')
    expect(tokens.length).toBeGreaterThan(1)
    const joined = await Promise.all(
      tokens.map((token) => consumeJoining(ground, token, { terms: currentTerms.provider })),
    )
    expect(joined.map(({ result }) => result).sort()).toEqual([
      ...Array(tokens.length - 1).fill('already-member'),
      'joined',
    ])
    expect(await countOf(ground)).toBe(1)
    expect(await ground.db.read.selectFrom('organisations').select('id').execute()).toHaveLength(1)
  }))

test('links to sign in, asked for and pressed at once: each once, and nobody gets an error', () =>
  withGround(at, options, async (ground) => {
    await person(ground, { role: 'owner', email })
    await together(() => requestSignIn(ground, { email, locale: 'en' }))
    await together(() => requestSignIn(ground, { email: 'nobody@newcomers.example', locale: 'en' }))
    const [token = ''] = await tokensOf(ground, 'sign-in')
    const signedIn = await together(() => consumeSignIn(ground, token))
    expect(signedIn.map(({ result }) => result).sort()).toEqual([...Array(times - 1).fill('consumed'), 'signed-in'])
  }))

test('two people who move to the same mailbox at once: one does, the other hears that it is taken', () =>
  withGround(at, options, async (ground) => {
    for (let turn = 0; turn < 2; turn += 1) {
      const actor = await person(ground, { role: 'owner', email: `o${turn}@x.example` })
      await requestMailboxChange(ground, actor, { email })
    }
    const tokens = await tokensOf(ground, 'mailbox-change')
    for (const token of tokens.filter((one) => one.includes('.old.'))) await confirmMailboxChange(ground, token)
    const changed = await Promise.all(
      tokens.filter((one) => one.includes('.new.')).map((token) => confirmMailboxChange(ground, token)),
    )
    expect(changed.map(({ result }) => result).sort()).toEqual(['changed', 'taken'])
    expect(await countOf(ground)).toBe(1)
  }))
