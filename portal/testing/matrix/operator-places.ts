/** Pages of the platform's desk: who may see each, and send each of its forms. */
import { deskHandling, form, managing, type Place, platform } from './place.ts'

export const operatorPlaces: Readonly<Record<string, Place>> = {
  operator: { see: platform },
  'operator._index': {
    see: platform,
    forms: {
      attribute: form(deskHandling, ({ ids, orgs }) => ({
        intent: 'attribute',
        item: ids.item,
        provider: orgs.mudlark,
        reason: 'By hand.',
      })),
      reveal: form(deskHandling, ({ ids }) => ({ intent: 'reveal', item: ids.item })),
    },
  },
  'operator.deliveries': { see: platform },
  'operator.admissions': {
    see: platform,
    forms: {
      uphold: form(deskHandling, { intent: 'upheld', claim: 'clm_none' }),
      dismiss: form(deskHandling, { intent: 'dismissed', claim: 'clm_none' }),
    },
  },
  'operator.organisations._index': { see: platform },
  'operator.organisations.new': {
    see: { platform: managing },
    forms: { invite: form({ platform: managing }) },
  },
  'operator.organisations.$orgId': {
    see: platform,
    params: ({ orgs }) => ({ orgId: orgs.tern }),
    forms: {
      suspend: form(deskHandling, { intent: 'suspend' }),
      admit: form(deskHandling, { intent: 'admit' }),
      refuse: form(deskHandling, { intent: 'refuse', reason: 'Said no.' }),
      reinstate: form(deskHandling, { intent: 'reinstate', reason: 'Said yes.' }),
      invite: form({ platform: managing }, { intent: 'invite' }),
      'end a network': {
        ...form(deskHandling, ({ ids }) => ({ intent: 'end-network', network: ids.network, reason: 'Sold.' })),
        refusedOnly: true,
      },
    },
  },
  'operator.audit': { see: platform },
  'operator.keys': { see: platform, forms: { replace: form({ platform: managing }, { kid: 'not-that' }) } },
  'operator.networks': {
    see: deskHandling,
    forms: {
      accept: form(deskHandling, { intent: 'accepted', claim: 'clm_none' }),
      refuse: form(deskHandling, { intent: 'refused', claim: 'clm_none' }),
    },
  },
  'operator.tasks': {
    see: platform,
    forms: { close: form(deskHandling, { task: 'tsk_none', note: 'Called them.' }) },
  },
  'operator.mails': {
    see: deskHandling,
    forms: { open: form(deskHandling, { received: 'rcv_none' }, true) },
  },
}
