/**
 * Companies by the dozen in one program that nobody kills: each has an endpoint and a key of its own, writes down what
 * came, and signs for what it stored until the portal has taken that. What it did is in its ledgers.
 */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { eventTypes, issueToken, setDigest } from '@noticeline/sdk/protocol'
import { type Behaviour, openEndpoint } from '../running/faulty-endpoint.ts'

export interface Company {
  behaviour: Behaviour
  key: { kid: string; privateJwk: JsonWebKey }
}

const { PORTAL = '', ISSUER = '', KEPT = '', INSIDE = '' } = process.env
const hour = 3_600_000
const companies: Company[] = JSON.parse(readFileSync(join(KEPT, 'companies.json'), 'utf8'))
const stored = new Set<string>()
const unsaid: (() => Promise<string>)[] = []

const ports = await Promise.all(
  companies.map(({ behaviour, key }, number) =>
    openEndpoint(behaviour, '127.0.0.1', (raw, isStored) => {
      const claims = JSON.parse(Buffer.from(raw.split('.')[1] ?? '', 'base64url').toString('utf8'))
      note('calls', number, claims.jti, claims.txn, setDigest(raw), isStored ? 'stored' : 'not')
      if (!isStored || stored.has(`${number} ${claims.jti}`)) return
      stored.add(`${number} ${claims.jti}`)
      const receipt = () => receiptFor(raw, claims, behaviour, key)
      if (behaviour !== 'duplicate-ack') return void unsaid.push(receipt)
      // The same statement twice, at once, and another that says the same.
      const first = receipt()
      unsaid.push(
        () => first,
        () => first,
        receipt,
      )
    }),
  ),
)
// Where a name leads that has changed since somebody looked at it. Nobody is meant to come.
const rebinding = ports[companies.findIndex(({ behaviour }) => behaviour === 'rebinding')]
await new Promise<void>((resolve) =>
  createServer((socket) => {
    note('inside', 'somebody came')
    socket.destroy()
  }).listen(rebinding, INSIDE, resolve),
)
writeFileSync(join(KEPT, 'ports.json'), JSON.stringify(ports))
console.log('listening')
await Promise.all(Array.from({ length: 6 }, () => say()))

/** A statement that the portal did not answer is made again, in the same bytes. */
async function say(): Promise<never> {
  for (;;) {
    const next = unsaid.shift()
    if (!next) {
      await wait(20)
      continue
    }
    const body = await next()
    for (let answer = 0; answer !== 202 && answer !== 400; ) {
      answer = await fetch(`${PORTAL}/v1/reports`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/secevent+jwt' },
        body,
        signal: AbortSignal.timeout(10_000),
      }).then(
        ({ status, body: rest }) => rest?.cancel().then(() => status) ?? status,
        () => 0,
      )
      if (answer !== 202 && answer !== 400) await wait(100 + 300 * Math.random())
      else note('receipts', 0, String(answer))
    }
  }
}

async function receiptFor(
  raw: string,
  { jti, txn, aud, events }: { jti: string; txn: string; aud: string; events: Record<string, { seq: number }> },
  behaviour: Behaviour,
  key: Company['key'],
): Promise<string> {
  const now = new Date(Date.now() + (behaviour === 'clock-off' ? 2 * hour : 0))
  const seq = Object.values(events)[0]?.seq
  const body = { v: 1, notice: txn, seq, ref: jti, set_sha256: setDigest(raw), received_at: now.toISOString() }
  return (await issueToken({ iss: aud, aud: ISSUER, type: eventTypes.received, body, now, notice: txn }, key)).raw
}

function note(ledger: string, ...words: (string | number)[]): void {
  appendFileSync(join(KEPT, ledger), `${words.join(' ')}\n`)
}
