/** Pages open to everybody, and those of an account: who may see each, and send each of its forms. */
import { anyMember, form, type Place, people } from './place.ts'

export const openPlaces: Readonly<Record<string, Place>> = {
  root: { see: 'everybody' },
  _index: {},
  $: { see: 'everybody', forms: { nothing: { who: 'everybody', absent: true } } },
  mailbox: { see: 'everybody' },
  preferences: { see: 'everybody', forms: { theme: form('everybody', { theme: 'dark', back: '/' }) } },
  'sign-in': { see: 'everybody', forms: { ask: form('everybody', { email: 'nobody@people.example' }) } },
  'sign-in_.$token': { see: 'everybody', forms: { press: form('everybody') }, params: () => ({ token: 'nothing' }) },
  'sign-out': { see: 'everybody', forms: { press: { who: 'everybody', refusedOnly: true } } },
  'second-factor': {
    see: 'person',
    forms: {
      code: form('person', { intent: 'code', code: '12345' }),
      ask: form('person', { intent: 'ask-passkey' }),
      passkey: form('person', { intent: 'passkey', response: '{}' }),
      recovery: form('person', { intent: 'recovery', recovery: 'abcd' }),
    },
  },
  'invitation.$token': { see: 'everybody', forms: { press: form('everybody') }, params: () => ({ token: 'nothing' }) },
  'mailbox-change.$token': {
    see: 'everybody',
    forms: { press: form('everybody') },
    params: () => ({ token: 'nothing' }),
  },
  'account._index': {
    see: anyMember,
    forms: {
      name: form(anyMember, { intent: 'person', name: 'Another name', locale: 'en' }),
      mailbox: form(anyMember, { intent: 'mailbox', email: 'elsewhere@people.example' }),
      end: form(anyMember, { intent: 'end', session: 'ses_none' }, true),
      // Nobody ends the session of somebody else.
      "end another's": form({}, ({ ids }) => ({ intent: 'end', session: ids.spareSession })),
      // For whoever may: the others of one person here are those that the rest of the table stands on.
      'end others': { ...form(anyMember, { intent: 'end-others' }), refusedOnly: true },
    },
  },
  'account.confirm': { see: 'person', forms: { send: form('person') } },
  'account.organisations': { see: 'person', forms: { choose: form('person', { organisation: 'org_none' }) } },
  'account.second-factor': {
    see: 'person',
    forms: {
      app: { ...form('person', { intent: 'start-app' }), leadsTo: '/account/second-factor' },
      code: form('person', { intent: 'confirm-app', code: '12345' }),
      ask: form('person', { intent: 'ask-passkey' }),
      passkey: form('person', { intent: 'passkey', response: '{}', name: 'Laptop' }),
      'remove an app': form('person', { intent: 'remove-app' }),
      'remove a passkey': form('person', { intent: 'remove-passkey', passkey: 'nothing' }),
      codes: form('person', { intent: 'new-codes' }),
    },
  },
  'provider.people': people('provider'),
  'notifier.people': people('notifier'),
  'operator.people': people('platform'),
  join: { see: 'everybody', forms: { ask: form('everybody') } },
  'join_.$token': { see: 'everybody', forms: { press: form('everybody') }, params: () => ({ token: 'nothing' }) },
  'claim.$token': { see: 'everybody', forms: { press: form('everybody') }, params: () => ({ token: 'nothing' }) },
  'network-proof_.$token': {
    see: 'everybody',
    forms: { agree: form('everybody', { intent: 'agree' }), refuse: form('everybody', { intent: 'refuse' }) },
    params: () => ({ token: 'nothing' }),
  },
  'confirm.$token': { see: 'everybody', forms: { press: form('everybody') }, params: () => ({ token: 'nothing' }) },
  'answer.$token': {
    see: 'everybody',
    forms: Object.fromEntries(
      ['open', 'gone', 'elsewhere', 'cannot', 'send'].map((intent) => [
        intent,
        form('everybody', { intent, number: 'x' }),
      ]),
    ),
    params: () => ({ token: 'nothing' }),
  },
  asked: { forms: { ask: form('everybody', { number: 'x', domain: 'tern.example' }) } },
}
