/** Pages of a provider: who may see each, and send each of its forms. */
import { building, form, handling, managing, notReading, type Place, provider } from './place.ts'

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
      adhere: form({ provider: managing }, { intent: 'no-longer' }),
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
    forms: { agree: { ...form({ provider: managing }, { intent: 'agree', id: 'clm_none' }), absent: true } },
  },
  'provider.networks.new': {
    see: { provider: managing },
    forms: { claim: form({ provider: managing }, { kind: 'cidr', what: 'nothing', proof: 'registry_mail' }) },
  },
  'provider.networks.$networkId': {
    see: provider,
    of: 'tern',
    params: ({ ids }) => ({ networkId: ids.network }),
    forms: { code: { ...form({ provider: managing }, { intent: 'code', code: '' }), absent: true } },
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
    forms: { add: form({ provider: building }), sdk: form({ provider: building }, { intent: 'sdk' }) },
  },
  'provider.endpoints.$endpointId': {
    see: provider,
    of: 'tern',
    params: ({ ids }) => ({ endpointId: ids.endpoint }),
    forms: {
      pause: form({ provider: building }, { intent: 'pause' }),
      key: form({ provider: building }, { intent: 'add-key' }),
    },
  },
  'provider.rehearsals.$rehearsalId': { see: provider, absent: true, params: () => ({ rehearsalId: 'nothing' }) },
  'provider.deliveries': {
    see: provider,
    forms: {
      resend: form(notReading, ({ ids }) => ({ intent: 'resend', delivery: ids.delivery }), true),
      recover: form(notReading, { intent: 'recover', since: '' }),
    },
  },
  'provider.programs': {
    see: { provider: building },
    forms: { add: form({ provider: building }, { intent: 'add' }) },
  },
}
