/**
 * Whose programs may make each call of the API, placed by hand: a call that is not here fails the matrix. See "A page or a
 * call is new" in CONTRIBUTING.
 */
import type { Scope } from '../../people/may.ts'
import type { OrgName, World } from './world.ts'

export type Call =
  /** Open: it shows nothing of anybody's. */
  | { open: true }
  | {
      /** Programs of these, with one of the scopes. */
      orgs: readonly OrgName[]
      scopes: readonly Scope[]
      /** A token of the sandbox may as well: it reads, and changes nothing. */
      sandbox?: true
      /** Whose object the address names, with the desk where `orgs` has it: to everybody else it is not there. */
      of?: OrgName
      params?: (world: World) => Readonly<Record<string, string>>
      /** What is named does not exist: whoever may is told 404. */
      absent?: true
    }

const providers: readonly OrgName[] = ['tern', 'mudlark']
const notifiers: readonly OrgName[] = ['baken', 'lapwing', 'oever']

const writes = { orgs: providers, scopes: ['endpoints:write'] as Scope[] }
const ofEndpoint = { ...writes, of: 'tern' as const, params: ({ ids }: World) => ({ id: ids.endpoint }) }
const contacts = { orgs: providers, scopes: ['contacts:write'] as Scope[] }
const ofContact = { ...contacts, of: 'tern' as const, params: ({ ids }: World) => ({ id: ids.contact }) }
const ofNetwork = {
  orgs: providers,
  scopes: ['networks:write'] as Scope[],
  of: 'tern' as const,
  params: ({ ids }: World) => ({ id: ids.network }),
}
const ofNotice = { of: 'baken' as const, params: ({ ids }: World) => ({ id: ids.notice }) }
const open: Call = { open: true }
const nothing = (name: string) => () => ({ [name]: 'nothing' })

export const calls: Readonly<Record<string, Call>> = {
  'GET /.well-known/ssf-configuration': open,
  'GET /.well-known/jwks.json': open,
  'GET /.well-known/jwks-archive.json': open,
  'GET /.well-known/security.txt': open,
  'GET /v1/schemas/:event': open,
  'GET /v1/openapi.json': open,
  'GET /docs': open,
  'GET /healthz': open,
  'GET /readyz': open,

  'POST /v1/notices': { orgs: notifiers, scopes: ['notices:write'] },
  'GET /v1/notices': { orgs: [...notifiers, 'desk'], scopes: ['notices:read'], sandbox: true },
  'GET /v1/notices/:id': { orgs: [...notifiers, 'desk'], scopes: ['notices:read'], sandbox: true, ...ofNotice },
  'POST /v1/notices/:id/withdraw': { orgs: notifiers, scopes: ['notices:write'], ...ofNotice },
  'POST /v1/notices/:id/observations': { orgs: notifiers, scopes: ['notices:write'], ...ofNotice },
  'POST /v1/xarf': { orgs: notifiers, scopes: ['notices:write'] },

  'POST /v1/reports': { orgs: providers, scopes: ['reports:write'] },
  'GET /v1/inbox': { orgs: providers, scopes: ['notices:read', 'reports:write'], sandbox: true },
  'GET /v1/inbox/:notice': {
    orgs: providers,
    scopes: ['notices:read', 'reports:write'],
    sandbox: true,
    of: 'tern',
    params: ({ ids }) => ({ notice: ids.notice }),
  },
  'GET /v1/delegated': { orgs: providers, scopes: ['notices:read', 'reports:write'], sandbox: true },
  'GET /v1/delegated/:id': { orgs: providers, scopes: ['items:reveal'], absent: true, params: nothing('id') },
  'POST /v1/endpoints': writes,
  'GET /v1/endpoints': {
    orgs: [...providers, 'desk'],
    scopes: ['endpoints:write', 'deliveries:read'],
    sandbox: true,
  },
  'GET /v1/endpoints/:id': {
    orgs: [...providers, 'desk'],
    scopes: ['endpoints:write', 'deliveries:read'],
    sandbox: true,
    of: 'tern',
    params: ({ ids }) => ({ id: ids.endpoint }),
  },
  'PATCH /v1/endpoints/:id': ofEndpoint,
  'DELETE /v1/endpoints/:id': { ...writes, absent: true, params: nothing('id') },
  'POST /v1/endpoints/:id/verify': ofEndpoint,
  'POST /v1/endpoints/:id/pause': ofEndpoint,
  'POST /v1/endpoints/:id/resume': ofEndpoint,
  'POST /v1/endpoints/:id/rehearse': ofEndpoint,
  'GET /v1/rehearsals/:id': {
    orgs: [...providers, 'desk'],
    scopes: ['endpoints:write', 'deliveries:read'],
    sandbox: true,
    absent: true,
    params: nothing('id'),
  },
  'POST /v1/contacts': contacts,
  'GET /v1/contacts': { ...contacts, orgs: [...providers, 'desk'], sandbox: true },
  'GET /v1/contacts/:id': { ...ofContact, orgs: [...providers, 'desk'], sandbox: true },
  'PATCH /v1/contacts/:id': ofContact,
  'DELETE /v1/contacts/:id': ofContact,
  'POST /v1/contacts/:id/code': ofContact,
  'POST /v1/contacts/:id/verify': ofContact,
  'POST /v1/contacts/:id/answer': ofContact,
  'GET /v1/deliveries': { orgs: [...providers, 'desk'], scopes: ['deliveries:read'], sandbox: true },
  'POST /v1/deliveries/recover': writes,
  'POST /v1/deliveries/:id/resend': { ...writes, of: 'tern', params: ({ ids }) => ({ id: ids.delivery }) },
  'GET /v1/streams/status': {
    orgs: [...providers, 'desk'],
    scopes: ['endpoints:write', 'deliveries:read'],
    sandbox: true,
  },
  'POST /v1/streams/status': writes,
  'POST /v1/streams/verification': writes,
  'POST /v1/streams/:stream': { orgs: providers, scopes: ['stream:poll'], absent: true, params: nothing('stream') },
  'GET /v1/networks': { orgs: [...providers, 'desk'], scopes: ['networks:write'], sandbox: true },
  'GET /v1/networks/:id': { ...ofNetwork, orgs: [...providers, 'desk'], sandbox: true },
  'POST /v1/networks': { orgs: providers, scopes: ['networks:write'] },
  // Checked again is a claim; this network was proven by hand.
  'POST /v1/networks/:id/check': { ...ofNetwork, absent: true },
  'DELETE /v1/networks/:id': ofNetwork,
}
