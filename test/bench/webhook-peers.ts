/** Receivers of webhooks that others are known for, as their own pages show them: verify, answer 202. */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, RequestListener } from 'node:http'
import { createNodeMiddleware, Webhooks } from '@octokit/webhooks'
import { Webhook as StandardWebhook } from 'standardwebhooks'
import Stripe from 'stripe'
import { Webhook as SvixWebhook } from 'svix'

export interface WebhookPeer {
  readonly name: string
  readonly less: string
  /** How its service signs. */
  headers(body: string): Promise<Record<string, string>> | Record<string, string>
  readonly listener: RequestListener
}

const secret = `whsec_${Buffer.from('a secret of 32 bytes for a bench').toString('base64')}`
const stripe = new Stripe('sk_test_none')
const svix = new SvixWebhook(secret)
const standard = new StandardWebhook(secret)
const octokit = new Webhooks({ secret })
octokit.onAny(() => {})

const symmetric =
  'opens no envelope; a shared secret (HMAC-SHA256), which proves nothing to a third party; remembers nothing, recognises no repeat, stores nothing, signs and sends no receipt'

export const webhookPeers = {
  stripe: {
    name: 'stripe: `webhooks.constructEvent` on `node:http`',
    less: symmetric,
    headers: (body: string) => ({
      'stripe-signature': stripe.webhooks.generateTestHeaderString({ payload: body, secret }),
    }),
    listener: verifying((body, headers) => {
      stripe.webhooks.constructEvent(body, String(headers['stripe-signature']), secret)
    }),
  },
  svix: {
    name: 'svix: `Webhook.verify` on `node:http`',
    less: symmetric,
    headers: (body: string) => {
      const [id, now] = [`msg_${randomUUID()}`, new Date()]
      return { 'svix-id': id, 'svix-timestamp': seconds(now), 'svix-signature': svix.sign(id, now, body) }
    },
    listener: verifying((body, headers) => {
      svix.verify(body, headers as Record<string, string>)
    }),
  },
  standardwebhooks: {
    name: 'standardwebhooks: `Webhook.verify` on `node:http`',
    less: symmetric,
    headers: (body: string) => {
      const [id, now] = [`msg_${randomUUID()}`, new Date()]
      return { 'webhook-id': id, 'webhook-timestamp': seconds(now), 'webhook-signature': standard.sign(id, now, body) }
    },
    listener: verifying((body, headers) => {
      standard.verify(body, headers as Record<string, string>)
    }),
  },
  octokit: {
    name: '`@octokit/webhooks`: `createNodeMiddleware`',
    less: `${symmetric}; runs its handlers before it answers, and knows no time stamp`,
    headers: async (body: string) => ({
      'x-github-event': 'issues',
      'x-github-delivery': randomUUID(),
      'x-hub-signature-256': await octokit.sign(body),
    }),
    listener: octokitListener(),
  },
} as const satisfies Record<string, WebhookPeer>

function seconds(at: Date): string {
  return String(Math.floor(at.getTime() / 1000))
}

function verifying(verify: (body: Buffer, headers: IncomingMessage['headers']) => void): RequestListener {
  return (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      try {
        verify(Buffer.concat(chunks), request.headers)
        response.writeHead(202).end()
      } catch {
        response.writeHead(400).end()
      }
    })
  }
}

function octokitListener(): RequestListener {
  const middleware = createNodeMiddleware(octokit, { path: '/' })
  return (request, response) => void middleware(request, response)
}
