import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { codeOf } from '../inbox/file-lock.ts'
import { generateKey } from '../protocol/keys.ts'
import type { KeyPair } from '../receiver/own-keys.ts'
import { newTestId } from '../testing/statements.ts'
import { createTestPortal, type TestEndpoint, type TestPortal } from '../testing/test-portal.ts'
import { Complaint, misused } from './complaint.ts'
import { ownKeys } from './own-keys.ts'
import { type Answered, answeredBy, unreachable } from './push-answer.ts'
import type { Shell } from './shell.ts'

export const portalOptions = {
  to: {
    type: 'text',
    value: 'URL',
    env: 'NOTICELINE_TO',
    summary: 'Your receiver, as in http://localhost:8080/noticeline. Left out: the address it registered.',
  },
  port: {
    type: 'number',
    value: 'PORT',
    default: 4400,
    most: 65535,
    summary: 'Where the test portal listens; 0 for any that is free.',
  },
  state: {
    type: 'text',
    value: 'PATH',
    file: true,
    default: './noticeline/test-portal.json',
    summary: "The test portal's own key and who registered, so that it is the same one again.",
  },
  keys: {
    type: 'text',
    value: 'PATH',
    file: true,
    summary: "Your receiver's key file, for a receiver that does not register by itself (with --audience).",
  },
  audience: { type: 'text', value: 'URN', summary: 'The audience that receiver is configured with.' },
} as const

export interface Registered extends Omit<TestEndpoint, 'id' | 'to'> {
  readonly to: string | null
}

/** What a test portal has to keep to be the same one the next time. Of no worth to anybody: it signs for tests only. */
interface Kept {
  readonly warning: string
  readonly token: string
  readonly key: KeyPair
  readonly endpoints: readonly Registered[]
  /** Where a `listen` that runs takes orders. */
  readonly listening?: { readonly url: string; readonly secret: string } | undefined
}

const warning = 'The key of a portal for tests. Whoever trusts it in earnest trusts anybody.'

export interface LocalPortal {
  readonly portal: TestPortal
  /** Writes down who is registered, and where orders are taken. */
  keep(listening?: Kept['listening']): Promise<void>
  stop(): Promise<void>
}

type Options = {
  readonly to: string | undefined
  readonly port: number
  readonly state: string
  readonly keys: string | undefined
  readonly audience: string | undefined
}

export async function readKept(shell: Shell, state: string): Promise<Kept | null> {
  const path = resolve(shell.cwd, state)
  try {
    const kept = JSON.parse(await readFile(path, 'utf8')) as Kept
    if (typeof kept.token === 'string' && Array.isArray(kept.endpoints) && typeof kept.key?.kid === 'string')
      return kept
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    if (!(error instanceof SyntaxError)) throw error
  }
  throw new Complaint(
    'state_wrong',
    'The file of the test portal cannot be read.',
    'Delete it and start again.',
    'files',
  )
}

/** A portal for tests in this process, the same one as before, that pushes to the receiver on this machine. */
export async function openLocalPortal(
  given: Options,
  shell: Shell,
  pushed: (push: { raw: string; answer: Answered }) => void,
): Promise<LocalPortal> {
  const to = given.to === undefined ? undefined : localAddress(given.to)
  const kept = await readKept(shell, given.state)
  const key = kept?.key ?? (await generateKey('sig'))
  const portal = await createTestPortal({
    clock: { now: () => shell.now() },
    port: given.port,
    key,
    token: kept?.token ?? newTestId('nl_test'),
    async carry({ to: registered, raw, init }) {
      const response = await fetch(to ?? registered, {
        ...init,
        redirect: 'manual',
        signal: AbortSignal.timeout(30_000),
      }).catch(() => null)
      const text = response === null ? '' : await response.text().catch(() => '')
      pushed({ raw, answer: response === null ? unreachable : answeredBy(response, text, shell) })
      return new Response(response?.status === 202 || text === '' ? null : text, { status: statusOf(response) })
    },
  })
  for (const endpoint of [...(kept?.endpoints ?? [])].reverse()) portal.attach(endpoint)
  if (given.keys !== undefined) await attachKeys(given.keys)

  async function attachKeys(path: string): Promise<void> {
    if (given.audience === undefined || to === undefined) {
      await portal.stop()
      throw misused('audience_missing', '--keys goes with --audience and --to.', 'Give all three.')
    }
    const keys = await ownKeys(shell, path)
    portal.attach({
      audience: given.audience,
      signingKeys: keys.signing.map(({ publicJwk }) => publicJwk),
      sealingKey: keys.sealing[0]?.publicJwk ?? null,
      to,
    })
  }

  return {
    portal,
    async keep(listening) {
      const endpoints = portal.endpoints.flatMap(({ audience, signingKeys, sealingKey, to: where }) =>
        typeof where === 'function' ? [] : { audience, signingKeys, sealingKey, to: where },
      )
      const path = resolve(shell.cwd, given.state)
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      const { token } = portal
      const whole: Kept = { warning, token, key, endpoints: endpoints.slice(0, 20), listening }
      // At one stroke: the other window may be reading it.
      const fresh = `${path}.${randomUUID()}`
      await writeFile(fresh, `${JSON.stringify(whole, null, 2)}\n`, { mode: 0o600 })
      await rename(fresh, path)
    },
    stop: () => portal.stop(),
  }
}

/** A status that `Response` takes. */
function statusOf(response: Response | null): number {
  return response === null || response.status < 200 ? 503 : response.status
}

/** Signed bytes go to a program on this machine or network, over whatever it speaks. */
export function localAddress(url: string): string {
  if (/^https?:\/\/[^/]/.test(url) && URL.canParse(url)) return url
  throw misused('address_wrong', '--to is no address.', 'Give one like http://localhost:8080/noticeline.')
}

export function howToStart({ issuer, token }: Pick<TestPortal, 'issuer' | 'token'>): string[] {
  return [
    'Start your receiver with these, and it registers by itself:',
    `  NOTICELINE_ISSUER=${issuer}`,
    `  NOTICELINE_TOKEN=${token}`,
  ]
}
