/** What the pages and calls of the matrix are about. */
import { generateKey, thumbprint } from '@noticeline/sdk/protocol'
import { answerConsent } from '../../attribution/answer-consent.ts'
import { claimNetwork } from '../../attribution/claim-network.ts'
import { delegateNetwork } from '../../attribution/delegate-network.ts'
import { proveNetwork } from '../../attribution/prove-network.ts'
import { submitNotice } from '../../notices/submit-notice.ts'
import { addPerson } from '../../people/add-person.ts'
import { invite } from '../../people/invitation.ts'
import { issueApiToken } from '../../people/issue-api-token.ts'
import { allScopes, type PersonActor } from '../../people/may.ts'
import { prepareSignIn } from '../../people/prepare-sign-in.ts'
import { consumeSignIn } from '../../people/sign-in.ts'
import { addContact } from '../../providers/add-contact.ts'
import { addEndpoint } from '../../providers/add-endpoint.ts'
import type { TestGround } from '../with-ground.ts'
import type { OrgName } from './world.ts'

type Orgs = Readonly<Record<OrgName, string>>

/** Tern's, unless it says otherwise; the notice is Baken's, to Tern. */
export type Ids = Awaited<ReturnType<typeof buildObjects>>

export async function buildObjects(
  ground: TestGround,
  orgs: Orgs,
  owners: { tern: PersonActor; mudlark: PersonActor },
) {
  const network = await provenNetwork(ground, orgs)
  const { publicJwk } = await generateKey('sig')
  const second = await generateKey('sig')
  const endpoint = await addEndpoint(ground, programOf(orgs, 'tern'), {
    url: 'https://canary-hook.tern.example/in',
    signing_keys: [publicJwk, second.publicJwk],
    sealing_key: null,
  })
  return {
    ...(await noticeOf(ground, orgs)),
    ...(await peopleOf(ground, orgs)),
    ...(await sharedParts(ground, orgs, owners, network)),
    network,
    contact: await contactOf(ground, orgs),
    endpoint: endpoint.result === 'added' ? endpoint.endpoint.id : '',
    key: await thumbprint(publicJwk),
    otherKey: await thumbprint(second.publicJwk),
    program: await tokenOf(ground, orgs.tern, 'canary-program'),
    bakenProgram: await tokenOf(ground, orgs.baken, 'of baken'),
  }
}

async function provenNetwork(ground: TestGround, orgs: Orgs): Promise<string> {
  const desk = { kind: 'person', personId: 'psn_desk', orgId: orgs.desk, orgKind: 'platform', role: 'owner' } as const
  const actor = { ...desk, assurance: 2, assuranceNeeded: 2, sessionId: 'ses_desk' }
  const proven = await proveNetwork(ground, actor, { orgId: orgs.tern, cidr: '203.0.113.0/24' })
  return proven.result === 'proven' ? proven.networkId : ''
}

async function contactOf(ground: TestGround, orgs: Orgs): Promise<string> {
  const email = 'canary-contact@tern.example'
  const added = await addContact(ground, { orgId: orgs.tern, kind: 'abuse', email, languages: ['en'], verified: true })
  return added.result === 'added' ? added.contactId : ''
}

function programOf(orgs: Orgs, org: 'tern' | 'baken') {
  const orgKind = org === 'tern' ? ('provider' as const) : ('notifier' as const)
  const program = { kind: 'program' as const, apiTokenId: 'tok_matrix', scopes: [...allScopes], live: true }
  return { ...program, orgId: orgs[org], orgKind }
}

async function noticeOf(ground: TestGround, orgs: Orgs) {
  const submitted = await submitNotice(
    ground,
    programOf(orgs, 'baken'),
    {
      regime: 'ntd_code',
      category: 'csam',
      legal_class: 'baseline',
      reference: 'canary-reference',
      items: [{ url: 'https://cust42.tern.example/g/canary-file.jpg', ip: '203.0.113.80', scope: 'file' }],
    },
    { origin: 'api', regimes: ['ntd_code'] },
  )
  if (submitted.result !== 'submitted') throw new Error(JSON.stringify(submitted))
  await ground.runReactions()
  const item = await ground.db.read.selectFrom('items').select('id').executeTakeFirstOrThrow()
  const delivery = await ground.db.read.selectFrom('deliveries').select('id').executeTakeFirstOrThrow()
  return { notice: submitted.noticeId, item: item.id, delivery: delivery.id }
}

/** Somebody to change and remove, with a session, and somebody who is invited. */
async function peopleOf(ground: TestGround, orgs: Orgs) {
  const email = 'canary-tern-spare@people.example'
  const spare = await addPerson(ground, { orgId: orgs.tern, email, name: 'Spare', role: 'handler' })
  const link = await prepareSignIn(ground, { email, livesMs: 60_000, assurance: 1 })
  const signedIn = await consumeSignIn(ground, link.result === 'prepared' ? link.token : '')
  const asked = { orgId: orgs.tern, role: 'handler', locale: 'en', invitedBy: null } as const
  const invited = await ground.db.transaction((tx) => invite(tx, { ...asked, email: 'canary-invited@people.example' }))
  return {
    spare: 'personId' in spare ? spare.personId : '',
    spareSession: signedIn.result === 'signed-in' ? signedIn.actor.sessionId : '',
    invitation: invited.result === 'invited' ? invited.invitationId : '',
  }
}

/** Parts of Tern's network: one that Mudlark asks for, one it was given, one that is handed on; and a name of Tern's. */
async function sharedParts(
  ground: TestGround,
  orgs: Orgs,
  { tern, mudlark }: { tern: PersonActor; mudlark: PersonActor },
  networkId: string,
) {
  const partOf = async (cidr: string) => {
    const claim = { orgId: orgs.mudlark, what: { cidr }, by: 'parent_consent' } as const
    const claimed = await claimNetwork(ground, mudlark, claim)
    if (claimed.result !== 'claimed') throw new Error(JSON.stringify(claimed))
    return claimed.claimId
  }
  const [asked, refusable, consented] = [
    await partOf('203.0.113.64/29'),
    await partOf('203.0.113.72/29'),
    await partOf('203.0.113.80/29'),
  ]
  const agreed = await answerConsent(ground, tern, consented ?? '', 'agree')
  const domain = { orgId: orgs.tern, what: { domain: 'canary-domain.example' }, by: 'dns_txt' } as const
  const claimed = await claimNetwork(ground, tern, domain)
  const endsAt = new Date(ground.clock.now().getTime() + 86_400_000)
  const part = { networkId, toOrgId: orgs.mudlark, part: '203.0.113.128/29', sees: 'count', endsAt } as const
  const delegated = await delegateNetwork(ground, tern, part)
  if (agreed.result !== 'agreed' || claimed.result !== 'claimed' || delegated.result !== 'delegated')
    throw new Error(JSON.stringify([agreed, claimed, delegated]))
  return { asked, refusable, consented, claim: claimed.claimId, delegation: delegated.delegationId }
}

async function tokenOf(ground: TestGround, orgId: string, name: string): Promise<string> {
  return (await issueApiToken(ground, { orgId, name, scopes: ['notices:read'], live: true })).id
}
