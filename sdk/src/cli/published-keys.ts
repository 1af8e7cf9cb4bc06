import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { discoveryPath, readJsonObject } from '../protocol.ts'
import { checkIssuer, getJson, mayCall } from '../receiver/portal.ts'
import { Refusal } from '../refusals.ts'
import { Complaint, misused } from './complaint.ts'
import type { Shell } from './shell.ts'

export const jwksOption = {
  type: 'text',
  value: 'PATH|URL',
  file: true,
  summary: "The portal's keys: a file, or their address. Left out: as the portal's discovery names them.",
} as const

export const issuerOption = {
  type: 'text',
  value: 'ORIGIN',
  env: 'NOTICELINE_ISSUER',
  summary: 'The portal, as in https://portal.example.',
} as const

export const ask = (url: string, init: RequestInit) => fetch(url, init)

/** The keys of a portal, as it publishes them: from a file, an address, or what its discovery names. */
export async function publishedKeys(
  shell: Shell,
  { jwks, issuer }: { readonly jwks: string | undefined; readonly issuer: string | undefined },
): Promise<readonly unknown[]> {
  if (jwks === undefined) {
    if (issuer !== undefined) return keysIn(await getJson(ask, (await discovered(issuer)).jwksUri, shell.stopping))
    throw misused('issuer_missing', 'Whose keys to check with was not said.', 'Give --issuer or --jwks.')
  }
  if (!/^https?:\/\//i.test(jwks)) {
    const text = await readFile(resolve(shell.cwd, jwks), 'utf8')
    return keysIn(readJsonObject(text) ?? {})
  }
  const url = URL.canParse(jwks) ? jwks : ''
  if (!mayCall(url, new URL(url === '' ? 'https://none.example' : url).origin)) {
    throw misused('address_wrong', '--jwks is no https address.', 'Plain http is for loopback only.')
  }
  return keysIn(await getJson(ask, url, shell.stopping))
}

/** The discovery document, of that portal and no other. */
export async function discovered(issuer: string): Promise<{ readonly jwksUri: string }> {
  const document = await getJson(ask, `${checkIssuer(issuer)}${discoveryPath}`)
  const { issuer: named, jwks_uri: jwksUri } = document
  if (named !== issuer || typeof jwksUri !== 'string' || !mayCall(jwksUri, issuer)) {
    throw new Refusal('discovery_invalid', 'Discovery names another issuer, or no usable jwks_uri.')
  }
  return { jwksUri }
}

function keysIn(set: Record<string, unknown>): readonly unknown[] {
  if (Array.isArray(set['keys'])) return set['keys']
  throw new Complaint('jwks_wrong', 'That is no key set.', 'A key set is {"keys": […]} (RFC 7517).', 'files')
}
