/** A program of its own on the portal's database: makes who takes part, and prints them as JSON. */
import { generateKey } from '@noticeline/sdk/protocol'
import type { Ground } from '../../portal/ground/ground.ts'
import { addPerson } from '../../portal/people/add-person.ts'
import { prepareSignIn } from '../../portal/people/prepare-sign-in.ts'
import { addContact } from '../../portal/providers/add-contact.ts'
import { addEndpoint } from '../../portal/providers/add-endpoint.ts'
import { confirmEndpoint } from '../../portal/providers/confirm-endpoint.ts'
import { seedCast, tokenOf } from '../../portal/seed/seed.ts'
import { addNotifier, addProvider, programOf } from '../bench/cast.ts'
import { openGround } from '../bench/gauged-portal.ts'
import type { Participants } from './participants.ts'

const [portal = '', hooks = ''] = process.argv.slice(2)
const notifiers = 50
const providers = 20
const peopleEach = 10
/** Links, each good for one sign-in. */
const signIns = 3
const firstNetwork = 100

const env = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value]) =>
    name.startsWith('NOTICELINE_') && value !== undefined ? [[name, value]] : [],
  ),
)
const { ground, close } = await openGround(env)
const cast = await seedCast(ground)
const slow = {
  token: await tokenOf(ground, cast.baken, 'load', undefined),
  link: (await linksFor(ground, 'cass@mudlark.example'))[0] ?? '',
}
const made: Participants = { notifiers: [], people: [], slow }
for (let number = 1; number <= notifiers; number += 1) {
  made.notifiers.push(await addNotifier(ground, `Hotline ${number}`))
}
for (let number = 0; number < providers; number += 1) {
  const { orgId, token } = await addProvider(ground, `Host ${number + 1}`, firstNetwork + number)
  // Half of them by program, half by mail: both are usual.
  if (number % 2 === 0) await connect(ground, token, `${hooks}/${number}`)
  else
    await addContact(ground, {
      orgId,
      kind: 'abuse',
      email: `abuse@host${number + 1}.example`,
      languages: ['en'],
      verified: true,
    })
  for (let person = 1; person <= peopleEach; person += 1) {
    const email = `person${person}@host${number + 1}.example`
    await addPerson(ground, { orgId, email, name: `Person ${person}`, role: 'handler' })
    made.people.push({ links: await linksFor(ground, email) })
  }
}
await close()
process.stdout.write(`${JSON.stringify(made)}\n`)

async function connect(ground: Ground, token: string, url: string): Promise<void> {
  const actor = await programOf(ground, token)
  const added = await addEndpoint(ground, actor, {
    url,
    signing_keys: [(await generateKey('sig')).publicJwk],
    sealing_key: (await generateKey('enc')).publicJwk,
  })
  if (added.result !== 'added') throw new Error(`The endpoint was refused: ${added.result}`)
  const confirmed = await confirmEndpoint(ground, actor, added.endpoint.id)
  if (confirmed.result !== 'confirmed') throw new Error(`The endpoint was not confirmed: ${confirmed.result}`)
}

async function linksFor(ground: Ground, email: string): Promise<string[]> {
  const links: string[] = []
  for (let link = 0; link < signIns; link += 1) {
    const prepared = await prepareSignIn(ground, { email, livesMs: 86_400_000 })
    if (prepared.result !== 'prepared') throw new Error(`No link could be prepared: ${prepared.result}`)
    links.push(`${portal}/sign-in/${prepared.token}`)
  }
  return links
}
