import { expect, test } from 'vitest'
import { acceptMail } from '../people/accept-mail.ts'
import { markMailsSilent } from '../people/mark-mails-silent.ts'
import { reactions } from '../reactions.ts'
import { claimed, registered } from '../testing/build/claim.ts'
import { provider } from '../testing/build/provider.ts'
import { bounce, reply, returnPath } from '../testing/build/returned-mail.ts'
import { type TestGround, withGround } from '../testing/with-ground.ts'
import { findClaim } from './find-networks.ts'
import { answerProofMail } from './prove-claim.ts'

const at = '2026-11-22T09:00:00.000Z'
const range = '203.0.113.0/24'

/** A question to the registry's mailbox; `fate`: what its claim's page is told of the mail. */
async function asked(ground: TestGround) {
  const tern = await provider(ground, { cidr: null })
  registered(ground, range)
  const { claimId } = await claimed(ground, tern, { cidr: range }, 'registry_mail')
  await ground.runReactions()
  const token = /network-proof\/([\w-]+)/.exec(ground.caught.mail[0]?.text ?? '')?.[1] ?? ''
  const fate = async () => {
    const found = await findClaim(ground, tern.actor, claimId)
    return found.result === 'found' ? found.claim.instructions.mail : null
  }
  return { to: returnPath(ground, `network-proof-${claimId}`), token, fate }
}

test('a question to the registry’s mailbox that comes back is seen by whoever waits for its answer', () =>
  withGround(at, { reactions }, async (ground) => {
    const { to, fate } = await asked(ground)
    expect(await fate()).toEqual({ state: 'sent', code: null })
    expect(await acceptMail(ground, bounce(to))).toMatchObject({ result: 'recorded' })
    expect(await fate()).toEqual({ state: 'returned', code: '5.1.1' })
    expect(await ground.facts.kinds()).toContain('mail.returned')
    await ground.runReactions()
  }))

test('a machine that answers is no person, and silence is seen after three days', () =>
  withGround(at, { reactions }, async (ground) => {
    const { to, fate } = await asked(ground)
    ground.clock.set('2026-11-25T08:59:00.000Z')
    expect(await markMailsSilent(ground)).toBe(0)
    ground.clock.set('2026-11-25T09:00:00.000Z')
    expect([await markMailsSilent(ground), await markMailsSilent(ground)]).toEqual([1, 0])
    expect(await fate()).toEqual({ state: 'silent', code: null })
    await acceptMail(ground, reply([`To: ${to}`, 'Auto-Submitted: auto-replied'], 'We got it.'))
    expect(await fate()).toMatchObject({ state: 'auto_replied' })
  }))

test('whoever pressed the button behind its link has answered the mail', () =>
  withGround(at, { reactions }, async (ground) => {
    const { token, fate } = await asked(ground)
    await answerProofMail(ground, token, 'agree')
    expect(await fate()).toMatchObject({ state: 'answered' })
  }))
