/** Pages of a provider: who may see each, and send each of its forms. */
import { building, type Form, form, handling, managing, notReading, type Place, programs, provider } from './place.ts'

/** What a holder says about a part of its network. */
const sharing = (fields: Form['fields']): Form => ({ ...form({ provider: managing }, fields, true), of: 'tern' })

export const providerPlaces: Readonly<Record<string, Place>> = {
  provider: { see: provider },
  'provider._index': { see: provider },
  'provider.items.$itemId': {
    see: provider,
    of: 'tern',
    params: ({ ids }) => ({ itemId: ids.item }),
    forms: {
      reveal: form({ provider: handling }, { intent: 'reveal' }),
      receive: form({ provider: handling }, { intent: 'receive' }),
      report: form({ provider: handling }, { intent: 'report' }),
    },
  },
  'provider.company': {
    see: provider,
    forms: {
      save: form({ provider: managing }, { intent: 'save', name: 'Another name' }),
      terms: form({ provider: 'owner' }, { intent: 'terms', accept: 'yes' }),
      consent: form({ provider: 'owner' }, { intent: 'give', regime: 'csam_order' }),
      'take consent back': form({ provider: 'owner' }, { intent: 'withdraw', regime: 'csam_order' }),
      adhere: form({ provider: managing }, { intent: 'adhere', since: '2026-01-01T00:00' }),
      'adhere no longer': form({ provider: managing }, { intent: 'no-longer' }),
    },
  },
  'provider.joining': {
    see: provider,
    forms: {
      ask: form({ provider: managing }, { intent: 'ask' }),
      network: form({ provider: managing }, { intent: 'network', network: 'no network' }),
    },
  },
  'provider.networks._index': {
    see: provider,
    forms: {
      agree: sharing(({ ids }) => ({ intent: 'agree', id: ids.asked })),
      refuse: sharing(({ ids }) => ({ intent: 'refuse', id: ids.refusable })),
      revoke: sharing(({ ids }) => ({ intent: 'revoke', id: ids.consented })),
      'end a delegation': sharing(({ ids }) => ({ intent: 'end-delegation', id: ids.delegation })),
    },
  },
  'provider.delegated': {
    see: provider,
    forms: { reveal: form({ provider: handling }, { intent: 'reveal', item: 'itm_none' }, true) },
  },
  'provider.networks.new': {
    see: { provider: managing },
    forms: { claim: form({ provider: managing }, { kind: 'cidr', what: 'nothing', proof: 'registry_mail' }) },
  },
  'provider.networks.$networkId': {
    see: provider,
    of: 'tern',
    params: ({ ids }) => ({ networkId: ids.claim }),
    forms: {
      check: form({ provider: managing }, { intent: 'check' }),
      code: form({ provider: managing }, { intent: 'code', code: '000000' }, true),
      delegate: form(
        { provider: managing },
        ({ orgs }) => ({
          intent: 'delegate',
          to: orgs.mudlark,
          part: 'canary-domain.example',
          sees: 'count',
          ends_at: '2026-12-01T00:00',
        }),
        true,
      ),
      'give up': form({ provider: managing }, { intent: 'give-up' }, true),
    },
  },
  'provider.contacts._index': {
    see: provider,
    forms: { move: form({ provider: managing }, ({ ids }) => ({ contact: ids.contact, position: '1' }), true) },
  },
  'provider.contacts.new': { see: { provider: managing }, forms: { add: form({ provider: managing }, {}) } },
  'provider.contacts.$contactId': {
    see: provider,
    of: 'tern',
    params: ({ ids }) => ({ contactId: ids.contact }),
    forms: {
      code: form({ provider: 'owner admin handler developer' }, { intent: 'confirm', code: '000000' }),
      ask: form({ provider: 'owner admin handler developer' }, { intent: 'ask' }),
      change: form({ provider: managing }, { intent: 'change' }),
      remove: form({ provider: managing }, { intent: 'remove' }),
    },
  },
  'provider.endpoints._index': { see: provider },
  'provider.endpoints.new': {
    see: { provider: building },
    forms: {
      add: form({ provider: building }, { intent: 'register' }),
      sdk: form({ provider: building }, { intent: 'sdk' }),
    },
  },
  'provider.endpoints.$endpointId': {
    see: provider,
    of: 'tern',
    params: ({ ids }) => ({ endpointId: ids.endpoint }),
    forms: {
      verify: form({ provider: building }, { intent: 'verify' }),
      rehearse: form({ provider: building }, { intent: 'rehearse' }),
      pause: form({ provider: building }, { intent: 'pause' }),
      resume: form({ provider: building }, { intent: 'resume' }),
      change: form({ provider: building }, { intent: 'change', description: 'Another' }),
      'add a key': form({ provider: building }, { intent: 'add-key' }),
      seal: form({ provider: building }, { intent: 'seal' }),
      'retire a key': form({ provider: building }, ({ ids }) => ({ intent: 'retire-key', key: ids.otherKey })),
      'revoke a key': form({ provider: building }, ({ ids }) => ({ intent: 'revoke-key', key: ids.key })),
      remove: { ...form({ provider: building }, { intent: 'remove' }), refusedOnly: true },
      bind: form({ provider: building }, { intent: 'bind' }),
      pace: form({ provider: building }, { intent: 'pace', in_flight: '4' }),
    },
  },
  'provider.rehearsals.$rehearsalId': { see: provider, absent: true, params: () => ({ rehearsalId: 'nothing' }) },
  'provider.deliveries': {
    see: provider,
    forms: {
      resend: { ...form(notReading, ({ ids }) => ({ intent: 'resend', delivery: ids.delivery }), true), of: 'tern' },
      recover: form(notReading, { intent: 'recover', since: '' }),
    },
  },
  'provider.programs': {
    see: { provider: building },
    forms: programs('provider', 'tern', ({ ids }) => ids.program),
  },
}
