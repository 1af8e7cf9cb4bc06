import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mutated, type Sample } from '../refusals/mutate.ts'
import { chanceOf } from '../running/random.ts'
import { examples, languages, StrangeReceiver, whyNotIn } from './other-languages.ts'

interface Vector {
  name: string
  direction: 'to_receiver' | 'to_portal'
  sent: { media_type: string; body: string; padding?: number }
  expect: {
    now: string
    audience: string
    jwks: { keys: JsonWebKey[] }
    issuers: Record<string, string>
    sealing_keys: JsonWebKey[]
  }
  says?: { set_sha256: string }
  refusal?: { err: string; code: string }
}

const vectorsIn = (name: string) =>
  (
    JSON.parse(readFileSync(new URL(`../../sdk/vectors/${name}.json`, import.meta.url), 'utf8')).vectors as Vector[]
  ).filter(({ direction }) => direction === 'to_receiver')
const accepted = vectorsIn('accepted')
const refused = vectorsIn('refused')

function settle(receiver: StrangeReceiver, { expect: expected }: Vector): void {
  const [issuer = ''] = Object.values(expected.issuers)
  const { audience, sealing_keys, jwks } = expected
  receiver.settle({ issuer, audience, sealing_keys, now: Date.parse(expected.now) / 1000 }, jwks)
}

const samples: readonly (Sample & { vector: Vector })[] = accepted.map((vector) => {
  const { media_type: mediaType, body } = vector.sent
  return { name: vector.name, mediaType, body: Buffer.from(body), raw: '', vector }
})

const bodyOf = ({ sent }: Vector) => sent.body + 'A'.repeat(sent.padding ?? 0)

for (const language of languages) {
  const why = whyNotIn(language)
  describe.skipIf(why !== null)(`the receiver in ${language.name}${why === null ? '' : ` (${why})`}`, () => {
    let receiver: StrangeReceiver
    beforeAll(async () => {
      receiver = await StrangeReceiver.start(language)
    })
    afterAll(() => receiver?.stop())

    test(`accepts all ${accepted.length} accepted vectors, and stores exactly the token, once`, async () => {
      const seen: object[] = []
      for (const vector of accepted) {
        settle(receiver, vector)
        const answers = [
          await receiver.push(vector.sent.media_type, bodyOf(vector)),
          await receiver.push(vector.sent.media_type, bodyOf(vector)),
        ]
        const stored = receiver.stored().map((token) => createHash('sha256').update(token).digest('base64url'))
        seen.push({ name: vector.name, answers, stored })
      }
      const taken = { code: 202, err: null }
      const wanted = accepted.map(({ name, says }) => ({ name, answers: [taken, taken], stored: [says?.set_sha256] }))
      expect(seen).toEqual(wanted)
    })

    test(`refuses all ${refused.length} refused vectors by their err, and stores nothing`, async () => {
      const seen: object[] = []
      for (const vector of refused) {
        settle(receiver, vector)
        const answer = await receiver.push(vector.sent.media_type, bodyOf(vector))
        seen.push({ name: vector.name, ...answer, stored: receiver.stored().length })
      }
      const wanted = refused.map(({ name, refusal }) => ({
        name,
        code: refusal?.code === 'media_type_not_supported' ? 415 : 400,
        err: refusal?.err,
        stored: 0,
      }))
      expect(seen).toEqual(wanted)
    })

    test('refuses what is left of accepted bodies after random changes, and does not fall over', async () => {
      const chance = chanceOf(20_261_122)
      const wrong: object[] = []
      for (let played = 0; played < 60; played += 1) {
        const sample = chance.pick(samples)
        const next = mutated(sample, chance, samples)
        if (next === null) continue
        settle(receiver, sample.vector)
        const { code, err } = await receiver.push(next.mediaType, new Uint8Array(next.body))
        const stored = receiver.stored().length
        if (code !== 400 || err === null || stored > 0) wrong.push({ name: sample.name, kind: next.kind, code, stored })
      }
      expect(wrong).toEqual([])
    })
  })
}

test('no file of a receiver holds more than forty lines of code', () => {
  const files = languages.flatMap(({ name }) => readdirSync(join(examples, name)).map((file) => join(name, file)))
  const linesOf = (file: string) =>
    readFileSync(join(examples, file), 'utf8')
      .replaceAll(/^\s*"{3}[\s\S]*?"{3}$/gm, '')
      .split('\n')
      .filter((line) => !/^\s*((#|\/\/|\/\*\*).*|[\])}]+[;,]?|end|)$/.test(line)).length
  expect(files.length).toBeGreaterThanOrEqual(languages.length)
  expect(files.map((file) => [file, linesOf(file)]).filter(([, lines]) => Number(lines) > 40)).toEqual([])
})
