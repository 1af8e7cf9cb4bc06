/**
 * The invented cast: the same in seed, tests and docs. Their addresses are loopback ranges, so everything they serve is
 * on this machine; their mailboxes end in `.example`.
 */
export interface CastMember {
  key: 'tern' | 'mudlark' | 'gullwing' | 'saltmarsh' | 'heron' | 'teal' | 'baken' | 'oever' | 'desk'
  name: string
  kind: 'provider' | 'notifier' | 'platform'
  notifierKind: 'hotline' | 'authority' | null
  trustedFlagger: boolean
  phone: string | null
  /** A provider's proven network. */
  network: string | null
  /** Since when it adheres to the voluntary code. */
  adheres: boolean
  abuseMailbox: string | null
  people: { name: string; email: string; role: 'owner' | 'handler'; locale: 'en' | 'nl' }[]
}

const provider = { kind: 'provider', notifierKind: null, trustedFlagger: false, phone: null } as const

export const cast: CastMember[] = [
  {
    ...provider,
    key: 'tern',
    name: 'Tern Hosting',
    network: '127.0.10.0/24',
    adheres: true,
    abuseMailbox: 'abuse@tern.example',
    people: [{ name: 'Noor Visser', email: 'noor@tern.example', role: 'owner', locale: 'nl' }],
  },
  {
    ...provider,
    key: 'mudlark',
    name: 'Mudlark Servers',
    network: '127.0.20.0/24',
    adheres: false,
    abuseMailbox: 'abuse@mudlark.example',
    people: [{ name: 'Cass Doyle', email: 'cass@mudlark.example', role: 'owner', locale: 'en' }],
  },
  {
    ...provider,
    key: 'gullwing',
    name: 'Gullwing',
    network: '127.0.30.0/24',
    adheres: true,
    abuseMailbox: 'abuse@gullwing.example',
    people: [{ name: 'Ines Prado', email: 'ines@gullwing.example', role: 'owner', locale: 'en' }],
  },
  {
    ...provider,
    key: 'saltmarsh',
    name: 'Saltmarsh',
    network: null,
    adheres: true,
    abuseMailbox: 'abuse@saltmarsh.example',
    people: [{ name: 'Wim Kok', email: 'wim@saltmarsh.example', role: 'owner', locale: 'nl' }],
  },
  {
    ...provider,
    key: 'heron',
    name: 'Heron',
    network: null,
    adheres: true,
    abuseMailbox: 'abuse@heron.example',
    people: [{ name: 'Anouk Bos', email: 'anouk@heron.example', role: 'owner', locale: 'nl' }],
  },
  {
    ...provider,
    key: 'teal',
    name: 'Teal',
    network: '127.0.60.0/24',
    adheres: true,
    abuseMailbox: 'abuse@teal.example',
    people: [{ name: 'Bea Lund', email: 'bea@teal.example', role: 'owner', locale: 'en' }],
  },
  {
    key: 'baken',
    name: 'Stichting Baken',
    kind: 'notifier',
    notifierKind: 'hotline',
    trustedFlagger: true,
    phone: '+31 20 555 0100',
    network: null,
    adheres: false,
    abuseMailbox: null,
    people: [{ name: 'Mila de Wit', email: 'mila@baken.example', role: 'owner', locale: 'en' }],
  },
  {
    key: 'oever',
    name: 'Authority Oever',
    kind: 'notifier',
    notifierKind: 'authority',
    trustedFlagger: false,
    phone: '+31 70 555 0142',
    network: null,
    adheres: false,
    abuseMailbox: null,
    people: [{ name: 'Thijs Maas', email: 'thijs@oever.example', role: 'owner', locale: 'nl' }],
  },
  {
    key: 'desk',
    name: 'Noticeline desk',
    kind: 'platform',
    notifierKind: null,
    trustedFlagger: false,
    phone: '+31 20 555 0177',
    network: null,
    adheres: false,
    abuseMailbox: null,
    people: [{ name: 'Sanne Vos', email: 'sanne@noticeline.example', role: 'owner', locale: 'en' }],
  },
]
