import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateKeys } from '@noticeline/sdk'
import { audienceOf, eventTypes, generateKey, issueToken, seal, tokenMediaType } from '@noticeline/sdk/protocol'
import { Pool } from 'undici'
import { startChild } from './child.ts'
import { type Bench, type Cost, inLanes, measure } from './measure.ts'
import { noticeBody } from './notice-body.ts'
import { type WebhookPeer, webhookPeers } from './webhook-peers.ts'

const lanes = 16

type Which = 'memory' | 'file' | 'bare' | keyof typeof webhookPeers

/** Sealed notices over HTTP; others' receivers get the same notice signed in their own way. The receiver's processor time includes what follows the 202: its handler and its receipt. */
export async function receive(scale: number): Promise<Bench> {
  const count = Math.ceil(1000 * scale)
  const folder = mkdtempSync(join(tmpdir(), 'noticeline-bench-'))
  const own = await generateKeys()
  const portal = await servePortal()
  const audience = audienceOf('org_01hzzzzzzzzzzzzzzzzzzzzzzz')
  const child = await startChild('./receive-process.ts')
  const given = { issuer: portal.issuer, audience, keys: own, folder: join(folder, 'inbox') }
  const urls = await child.ask<Record<Which, string>>('open', given)
  const sealing = own.sealing[0]
  if (!sealing) throw new Error('Fresh keys hold one that seals')

  const makePushes = async (which: Which): Promise<Push[]> => {
    const pushes: Push[] = []
    const peer: WebhookPeer | null = which in webhookPeers ? webhookPeers[which as keyof typeof webhookPeers] : null
    await inLanes(count, lanes, async () => {
      const body = noticeBody(`${portal.issuer}/v1/reports`)
      if (peer !== null) {
        const text = JSON.stringify(body)
        pushes.push({ body: text, headers: { 'content-type': 'application/json', ...(await peer.headers(text)) } })
        return
      }
      const statement = { iss: portal.issuer, aud: audience, type: eventTypes.issued, body, notice: body.notice }
      const { raw } = await issueToken({ ...statement, now: new Date() }, portal.key)
      pushes.push({ body: await seal(raw, sealing), headers: { 'content-type': tokenMediaType } })
    })
    return pushes
  }
  const push = async (which: Which): Promise<Cost> => {
    const pushes = await makePushes(which)
    const pool = new Pool(new URL(urls[which]).origin, { connections: lanes })
    const before = await child.ask<number>('cpu')
    const { wallMs } = await measure(count, () =>
      inLanes(count, lanes, async (index) => {
        const { headers = {}, body = '' } = pushes[index] ?? {}
        const answer = await pool.request({ path: '/', method: 'POST', headers, body })
        await answer.body.dump()
        // Octokit answers 200.
        if (Math.floor(answer.statusCode / 100) !== 2) throw new Error(`The receiver answered ${answer.statusCode}`)
      }),
    )
    if (which === 'memory' || which === 'file') await child.ask('settle', which)
    const cpuMs = (await child.ask<number>('cpu')) - before
    await pool.close()
    return { count, wallMs, cpuMs }
  }
  return {
    ours: [
      { name: 'receive: SDK, memory store', run: () => push('memory') },
      { name: 'receive: SDK, file store', run: () => push('file') },
    ],
    peers: [
      {
        name: 'bare `node:http` that reads the body and answers 202',
        less: 'opens no envelope, verifies no signature, remembers nothing, runs no handler, signs and sends no receipt',
        run: () => push('bare'),
      },
      ...Object.entries(webhookPeers).map(([which, { name, less }]) => ({
        name,
        less,
        run: () => push(which as Which),
      })),
    ],
    close: async () => {
      await child.ask('close')
      await child.stop()
      await portal.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

interface Push {
  readonly body: string
  readonly headers: Record<string, string>
}

/** What a receiver asks of its portal: the discovery document, the key, and somebody who takes receipts. */
async function servePortal() {
  const key = await generateKey('sig')
  const server = createServer((request, response) => {
    request.on('data', () => {})
    request.on('end', () => {
      if (request.method === 'POST') response.writeHead(202).end()
      else {
        const body = request.url?.endsWith('jwks.json') ? { keys: [key.publicJwk] } : discovery()
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const discovery = () => ({
    spec_version: '1_0',
    issuer,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    delivery_methods_supported: ['urn:ietf:rfc:8935'],
    configuration_endpoint: `${issuer}/v1/endpoints`,
    status_endpoint: `${issuer}/v1/streams`,
    verification_endpoint: `${issuer}/v1/streams/verify`,
  })
  return {
    issuer,
    key,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
