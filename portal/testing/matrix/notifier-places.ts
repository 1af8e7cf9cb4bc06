/** Pages of a notifier: who may see each, and send each of its forms. */
import { all, building, form, handling, managing, notifier, type Place, programs } from './place.ts'

export const notifierPlaces: Readonly<Record<string, Place>> = {
  notifier: { see: notifier },
  'notifier._index': { see: notifier },
  'notifier.notices._index': { see: notifier },
  'notifier.notices.new': {
    see: { notifier: handling },
    forms: {
      send: form({ notifier: handling }, { intent: 'submit' }),
      'another row': form({ notifier: handling }, { intent: 'add' }),
    },
  },
  'notifier.notices.$noticeId': {
    see: notifier,
    of: 'baken',
    params: ({ ids }) => ({ noticeId: ids.notice }),
    forms: {
      observe: form({ notifier: handling }, ({ ids }) => ({ intent: 'observe', item: ids.item, result: 'online' })),
      reveal: form({ notifier: handling }, ({ ids }) => ({ intent: 'reveal', item: ids.item })),
      withdraw: form({ notifier: handling }, { intent: 'withdraw', reason: 'error' }),
    },
  },
  'notifier.company': {
    see: notifier,
    forms: {
      save: form({ notifier: managing }, { intent: 'save', name: 'Another name' }),
      terms: form({ notifier: 'owner' }, { intent: 'terms', accept: 'yes' }),
    },
  },
  'notifier.electronic-service': { see: { authority: all } },
  'notifier.programs': {
    see: { notifier: building },
    forms: programs('notifier', 'baken', ({ ids }) => ids.bakenProgram),
  },
}
