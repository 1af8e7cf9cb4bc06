import { randomBytes, timingSafeEqual } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { serve } from '../testing/portal-server.ts'
import { command, type Given } from './command.ts'
import { misused } from './complaint.ts'
import type { ExitCode } from './exit-codes.ts'
import { forwardFromPortal, realOptions } from './forward.ts'
import { howToStart, openLocalPortal, portalOptions } from './local-portal.ts'
import { type PushLog, perform } from './perform.ts'
import { lineFor, nameOf, type Plan, reportedBy } from './play.ts'
import { type Answered, objectIn, wordsFor } from './push-answer.ts'
import type { Shell } from './shell.ts'

const options = { ...portalOptions, ...realOptions } as const

/** `listen`: a portal for tests that forwards to a receiver on this machine; or a real one, polled. */
export const listenCommand = command({
  name: 'listen',
  summary: 'Forward events to a receiver on this machine and show its answers',
  details: [
    'Without --portal no account is needed: a portal for tests runs in this process until it is stopped. It prints what to start your receiver with, pushes what `noticeline trigger` asks for in another window, and shows each event (ids only), the answer, and what is reported.',
    'With --portal it polls a real portal in place of your receiver and forwards the signed bytes as they came. What the receiver answers 202 is acknowledged; anything else stays at the portal.',
  ],
  options,
  examples: [
    ['noticeline listen --to http://localhost:8080/noticeline', 'without an account'],
    ['noticeline listen --portal https://portal.example --to http://localhost:8080/noticeline', 'from a real portal'],
  ],
  run: listen,
})

async function listen({ options: given }: Given<typeof options>, shell: Shell): Promise<ExitCode | undefined> {
  const show = (push: { raw: string; answer: Answered }) => {
    const name = nameOf(push.raw)
    const { type, notice, seq, jti, items } = name
    const words = [type, notice ?? '', seq === null ? '' : `revision ${seq}`, jti, ...items]
    shell.print({
      text: [shell.now().toISOString(), ...words, '→', wordsFor(push.answer)].filter((word) => word !== '').join(' '),
      json: { at: shell.now().toISOString(), event: 'pushed', ...name, answer: push.answer },
    })
  }
  if (given.portal !== undefined) {
    if (given.to === undefined) throw misused('address_missing', 'Where to forward to was not said.', 'Give --to.')
    await forwardFromPortal({ ...given, portal: given.portal, to: given.to }, shell, show)
    return undefined
  }
  const log: PushLog = []
  const local = await openLocalPortal(given, shell, (push) => {
    if (log.push(push) > 1000) log.shift()
    show(push)
  })
  const { portal } = local
  const secret = randomBytes(24).toString('base64url')
  const orders = await serve({
    'POST /trigger': async ({ text, headers }) => {
      if (!same(headers.authorization ?? '', `Bearer ${secret}`)) return { code: 401 }
      if (portal.endpoints.length === 0) return { code: 409 }
      const { plan, wait: seconds } = objectIn(text) as { plan: Plan; wait: number }
      return { code: 200, body: await perform(portal, log, plan, seconds * 1000, shell.stopping) }
    },
  })
  try {
    await local.keep({ url: orders.url, secret })
    shell.print({
      text: [
        ...howToStart(portal),
        ...(given.to === undefined ? [] : [`Pushing to ${given.to}`]),
        'Send it something from another window: noticeline trigger',
      ].join('\n'),
      json: { event: 'listening', issuer: portal.issuer, token: portal.token, to: given.to ?? null },
    })
    await watch()
  } finally {
    await local.keep()
    await orders.close()
    await local.stop()
  }
  return undefined

  /** Until it is stopped: who registers is written down, what is reported is shown. */
  async function watch(): Promise<void> {
    let known = portal.endpoints.length
    let shown = 0
    while (!shell.stopping.aborted) {
      if (portal.endpoints.length !== known) {
        known = portal.endpoints.length
        await local.keep({ url: orders.url, secret })
        const audience = portal.endpoints[0]?.audience ?? ''
        shell.print({ text: `registered ${audience}`, json: { event: 'registered', audience } })
      }
      for (const report of portal.reports.slice(shown)) {
        const reported = reportedBy(report)
        shell.print({
          text: `${shell.now().toISOString()} ← ${lineFor(reported)}`,
          json: { at: shell.now().toISOString(), event: 'reported', ...reported },
        })
      }
      shown = portal.reports.length
      await wait(50, undefined, { signal: shell.stopping }).catch(() => undefined)
    }
  }
}

function same(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other))
}
