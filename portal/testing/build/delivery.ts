/** A line with one provider on it, and a notice on its way to it. Through the verbs, and valid in every field. */
import { eventTypes, generateKey } from '@noticeline/sdk/protocol'
import { proveNetwork } from '../../attribution/prove-network.ts'
import { attemptDueDeliveries } from '../../delivery/attempt-delivery.ts'
import { submitNotice } from '../../notices/submit-notice.ts'
import { addOrganisation, type NewOrganisation } from '../../people/add-organisation.ts'
import { allScopes, type ProgramActor } from '../../people/may.ts'
import { addContact } from '../../providers/add-contact.ts'
import { addEndpoint } from '../../providers/add-endpoint.ts'
import { projectFacts, reactions } from '../../reactions.ts'
import { type TestGround, type TestGroundOptions, withGround } from '../with-ground.ts'

export interface Line {
  notifier: ProgramActor
  provider: ProgramActor
  desk: ProgramActor
}

export const endpointUrl = 'https://hooks.tern.example/noticeline'
/** Of the provider's proven network. */
export const hostAddress = '203.0.113.80'

/** A ground with the reactions and the projection of the real portal, and the line on it. */
export function withLine(
  at: string,
  work: (ground: TestGround, on: Line) => Promise<void>,
  config: TestGroundOptions['config'] = {},
  more: Pick<TestGroundOptions, 'recorded' | 'keyChanged'> = {},
): Promise<void> {
  const options: TestGroundOptions = { reactions: reactions as never, project: projectFacts, config, ...more }
  return withGround(at, options, async (ground) => work(ground, await line(ground)))
}

/** Stichting Baken, Tern Hosting with its network, and the platform's desk. */
export async function line(ground: TestGround, provider: Partial<NewOrganisation> = {}): Promise<Line> {
  const notifierId = await organisation(ground, { kind: 'notifier', notifierKind: 'hotline', name: 'Stichting Baken' })
  const providerId = await organisation(ground, {
    kind: 'provider',
    name: 'Tern Hosting',
    adheresSince: new Date('2020-01-01T00:00:00.000Z'),
    ...provider,
  })
  const deskId = await organisation(ground, { kind: 'platform', name: 'Noticeline desk' })
  const made = {
    notifier: program(notifierId, 'notifier'),
    provider: program(providerId, 'provider'),
    desk: program(deskId, 'platform'),
  }
  await network(ground, made, providerId, '203.0.113.0/24')
  return made
}

/** Another provider on the same line, with a network of its own. */
export async function anotherProvider(ground: TestGround, on: Line, name: string, cidr: string): Promise<ProgramActor> {
  const orgId = await organisation(ground, { kind: 'provider', name })
  await network(ground, on, orgId, cidr)
  return program(orgId, 'provider')
}

/** A mailbox that has answered. */
export async function contact(ground: TestGround, orgId: string, email = 'abuse@tern.example') {
  await addContact(ground, { orgId, kind: 'abuse', email, languages: ['en'], verified: true })
}

export interface BuiltEndpoint {
  endpointId: string
  signing: Awaited<ReturnType<typeof generateKey>>
  sealing: Awaited<ReturnType<typeof generateKey>> | null
}

/** An endpoint that was verified, with its signing key, and with a sealing key where asked for. */
export async function endpoint(
  ground: TestGround,
  provider: ProgramActor,
  options: { url?: string | null; sealed?: boolean; mediaType?: string } = {},
): Promise<BuiltEndpoint> {
  const signing = await generateKey('sig')
  const sealing = options.sealed ? await generateKey('enc') : null
  const added = await addEndpoint(ground, provider, {
    url: options.url === undefined ? endpointUrl : options.url,
    signing_keys: [signing.publicJwk],
    sealing_key: sealing?.publicJwk ?? null,
  })
  if (added.result !== 'added') throw new Error(`The endpoint was not added: ${JSON.stringify(added)}`)
  const endpointId = added.endpoint.id
  // As it is after it answered the verification event, without sending one: that is another folder's business.
  await ground.db.read
    .updateTable('endpoints')
    .set({
      state: 'active',
      verifiedAt: ground.clock.now(),
      verifiedGrade: 'answered',
      mediaType: options.mediaType ?? 'application/secevent+jwt',
    })
    .where('id', '=', endpointId)
    .execute()
  return { endpointId, signing, sealing }
}

export interface BuiltNotice {
  noticeId: string
  itemIds: string[]
}

export interface NoticeParts {
  items?: { url?: string; ip?: string; scope?: 'file' | 'page' | 'account' | 'site'; seen_at?: string }[]
  [member: string]: unknown
}

let made = 0

/** A notice with one item on the provider's network, submitted. What follows from it has not run yet. */
export async function submittedNotice(ground: TestGround, on: Line, parts: NoticeParts = {}): Promise<BuiltNotice> {
  const { items = [{}], ...rest } = parts
  const submitted = await submitNotice(
    ground,
    on.notifier,
    {
      regime: 'ntd_code',
      category: 'csam',
      legal_class: 'baseline',
      grounds: { reasons: 'Seen by an analyst.', good_faith: true },
      items: items.map((item) => ({
        url: `https://cust${++made}.tern.example/g/${made}.jpg`,
        ip: hostAddress,
        scope: 'file',
        ...item,
      })),
      ...rest,
    },
    { origin: 'api', regimes: ['ntd_code', 'dsa_notice', 'test', 'tco_removal_order'] },
  )
  if (submitted.result !== 'submitted') throw new Error(`The notice was not taken: ${JSON.stringify(submitted)}`)
  const { noticeId } = submitted
  const rows = await ground.db.read
    .selectFrom('items')
    .select('id')
    .where('noticeId', '=', noticeId)
    .orderBy('position')
    .execute()
  return { noticeId, itemIds: rows.map((row) => row.id) }
}

/** A notice whose reactions have run: its delivery is queued, its items are watched. */
export async function issuedNotice(ground: TestGround, on: Line, parts: NoticeParts = {}): Promise<BuiltNotice> {
  const notice = await submittedNotice(ground, on, parts)
  await ground.runReactions()
  return notice
}

/** A notice that the provider's endpoint has answered with 202. */
export async function receivedNotice(ground: TestGround, on: Line, parts: NoticeParts = {}): Promise<BuiltNotice> {
  ground.outbound.answer(endpointUrl, 202)
  const notice = await issuedNotice(ground, on, parts)
  while ((await attemptDueDeliveries(ground, { workerId: 'test', limit: 32, jitter: () => 0.5 })) > 0);
  await ground.runReactions()
  return notice
}

/** The newest delivery of the notice itself to one organisation, with its token's digest. */
export async function deliveryOf(ground: TestGround, noticeId: string, orgId: string) {
  return ground.db.read
    .selectFrom('deliveries')
    .innerJoin('tokens', 'tokens.jti', 'deliveries.jti')
    .selectAll('deliveries')
    .select('tokens.setSha256')
    .where('deliveries.noticeId', '=', noticeId)
    .where('deliveries.orgId', '=', orgId)
    .where('deliveries.event', '=', eventTypes.issued)
    .orderBy('deliveries.seq', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow()
}

async function organisation(ground: TestGround, input: NewOrganisation): Promise<string> {
  const added = await addOrganisation(ground, { admitted: true, ...input })
  if (added.result !== 'added') throw new Error('The organisation was not added')
  return added.orgId
}

async function network(ground: TestGround, on: Line, orgId: string, cidr: string) {
  const desk = {
    ...on.desk,
    kind: 'person',
    personId: 'psn_desk',
    role: 'owner',
    assurance: 2,
    assuranceNeeded: 2,
    sessionId: 'ses_desk',
  }
  const proven = await proveNetwork(ground, desk as never, { orgId, cidr })
  if (proven.result !== 'proven') throw new Error(`The network was not proven: ${proven.result}`)
}

function program(orgId: string, orgKind: ProgramActor['orgKind']): ProgramActor {
  return { kind: 'program', apiTokenId: `tok_${orgKind}`, orgId, orgKind, scopes: [...allScopes], live: true }
}
