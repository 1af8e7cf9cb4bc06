import { openBody, readMessage, readPushBody, tokenMediaType, verifyToken } from '@noticeline/sdk/protocol'
import { forgeries, type Given, makeGiven } from './forgeries.ts'
import { type Bench, measure } from './measure.ts'

/** What a body that is refused costs, beside one that is taken: in this process, one after the other. */
export async function refuse(scale: number): Promise<Bench> {
  const given = await makeGiven()
  const count = Math.ceil(1000 * scale)
  const repeat = (times: number, work: () => Promise<unknown>) => () =>
    measure(times, async () => {
      for (let turn = 0; turn < times; turn += 1) await work()
    })
  return {
    ours: forgeries(given).map(({ name, body, mediaType = tokenMediaType }) => ({
      name: `refuse: ${name}`,
      // Fewer of the large ones: a figure is for one.
      run: repeat(body.length > 10_000 ? Math.ceil(count / 20) : count, async () => {
        if (await taken(given, mediaType, body)) throw new Error(`Taken: ${name}`)
      }),
    })),
    peers: [
      {
        name: 'taking the sealed notice: opened, verified, read by its schema',
        less: 'nothing: it is what an honest push costs before it is stored',
        run: repeat(count, async () => {
          if (!(await taken(given, tokenMediaType, given.sealed))) throw new Error('The honest one was refused')
        }),
      },
    ],
    close: async () => {},
  }
}

async function taken(given: Given, mediaType: string, body: string): Promise<boolean> {
  const pushed = readPushBody(mediaType, body)
  if (!pushed.read) return false
  const opened = await openBody(pushed.body, { sealingKeys: [given.sealingKey] })
  if (!opened.opened) return false
  const { issuer, audience, now } = given
  const key = async (kid: string) => (kid === given.kid ? given.publicJwk : null)
  const verified = await verifyToken(opened.raw, { key, issuer, audience, now })
  return verified.accepted && readMessage(verified.token).read === 'message'
}
