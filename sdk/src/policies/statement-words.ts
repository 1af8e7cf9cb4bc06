import type { AppliedScope, Category, NoticeIssued } from '../protocol.ts'

export type Language = 'en' | 'nl'

/** Everything a statement of reasons may say, in one language. What is missing in one does not compile. */
export interface Words {
  readonly title: string
  readonly order: string
  readonly toRead: string
  readonly from: (name: string, contact: string) => string
  readonly about: (caseId: string, date: string) => string
  readonly decision: string
  readonly removed: string
  readonly disabled: (where: string) => string
  readonly either: string
  readonly terminated: string
  readonly suspended: string
  readonly scope: Readonly<Record<AppliedScope, string>>
  readonly everywhere: string
  readonly union: string
  readonly countries: (names: string) => string
  readonly forGood: string
  readonly until: (date: string) => string
  readonly facts: string
  readonly received: (date: string, what: string) => string
  readonly regime: (regime: NoticeIssued['regime'], authority: string) => string
  readonly notOurs: string
  readonly passedOn: string
  readonly automation: string
  readonly byPerson: string
  readonly byProgram: string
  readonly unknownHow: string
  readonly found: string
  readonly ground: string
  readonly legal: (basis: string) => string
  readonly why: string
  readonly contractual: (terms: string) => string
  readonly law: Readonly<Record<Category, string>>
  readonly redress: string
  readonly write: (contact: string) => string
  readonly complain: (where: string) => string
  readonly outOfCourt: (body: string | undefined) => string
  readonly court: string
  readonly againstOrder: (authority: string) => string
  readonly againstRemovalOrder: (contact: string, authority: string) => string
}

const dsa = 'Regulation (EU) 2022/2065'
const tco = 'Regulation (EU) 2021/784'
const verordening = 'Verordening (EU) 2022/2065'
const tcoVerordening = 'Verordening (EU) 2021/784'

const en: Words = {
  title: `Statement of reasons (${dsa}, Article 17)`,
  order: `Information about an order (${dsa}, Article 9(5))`,
  toRead: 'This is text for a person to read, not a machine-readable report. It contains no links.',
  from: (name, contact) => `From: ${name}, ${contact}`,
  about: (caseId, date) => `Case: ${caseId}. Date: ${date} (UTC).`,
  decision: '1. What was decided',
  removed: 'removed from where it stood',
  disabled: (where) => `access disabled ${where}`,
  either: 'removed, or access to it disabled, everywhere',
  terminated: 'your account was terminated as well',
  suspended: 'the service was suspended as well',
  scope: {
    file: 'this file',
    page: 'this page',
    account: 'this account',
    site: 'this site',
    host: 'this host',
    ip: 'this IP address',
  },
  everywhere: 'everywhere',
  union: 'in the European Union',
  countries: (names) => `in these countries: ${names}`,
  forGood: 'Duration: until further notice.',
  until: (date) => `Duration: until ${date}.`,
  facts: '2. Facts and circumstances',
  received: (date, what) => `On ${date} we received ${what} about the information named above.`,
  regime: (regime, authority) =>
    ({
      ntd_code: 'a notice from a third party, under the code of conduct on notice and takedown',
      dsa_notice: `a notice from a third party (${dsa}, Article 16)`,
      dsa_order: `an order to act against illegal content from ${authority} (${dsa}, Article 9)`,
      tco_removal_order: `a removal order from ${authority} (${tco}, Article 3)`,
      csam_order: `an order to make it inaccessible from ${authority}`,
      test: 'a test',
    })[regime],
  notOurs: 'We did not act on our own initiative.',
  passedOn: 'What we may pass on from it:',
  automation: '3. Automated means',
  byPerson: 'A person took the decision.',
  byProgram:
    'The decision was taken and carried out by automated means: it came from a source, and under rules, that we act on without a person looking first.',
  unknownHow: 'The decision was carried out with automated means.',
  found: 'We did not use automated means to find or identify the information; it was reported to us.',
  ground: '4. Ground',
  legal: (basis) => `The information is held to be illegal content. Legal ground: ${basis}.`,
  why: 'According to what we received, the information falls under that ground at the address named above.',
  contractual: (terms) => `It is also incompatible with our terms: ${terms}.`,
  law: {
    csam: 'Directive 2011/93/EU, Article 5, and the national law that transposes it',
    terrorist_content: 'Directive (EU) 2017/541, Article 5, and the national law that transposes it',
  },
  redress: '5. What you can do',
  write: (contact) => `You can ask us to look at it again: ${contact}.`,
  complain: (where) =>
    `You can complain to us, electronically and free of charge, within six months (${dsa}, Article 20): ${where}. A person looks at complaints.`,
  outOfCourt: (body) =>
    `You can turn to a certified body for out-of-court dispute settlement (${dsa}, Article 21)${body === undefined ? '' : `, for example ${body}`}.`,
  court: 'You can go to court at any time.',
  againstOrder: (authority) =>
    `You can challenge the order itself before the court or authority competent for it, in the way and within the time it states. It was given by ${authority}.`,
  againstRemovalOrder: (contact, authority) =>
    `You can complain to us and ask for reinstatement (${tco}, Article 10): ${contact}. You can challenge the order before the courts of the Member State of ${authority} (Article 9), and ask us for its reasons or a copy of it (Article 11).`,
}

const nl: Words = {
  title: `Motivering (${verordening}, artikel 17)`,
  order: `Informatie over een bevel (${verordening}, artikel 9, lid 5)`,
  toRead: 'Dit is tekst om door een mens te worden gelezen, geen machineleesbare melding. Er staan geen links in.',
  from: (name, contact) => `Van: ${name}, ${contact}`,
  about: (caseId, date) => `Zaak: ${caseId}. Datum: ${date} (UTC).`,
  decision: '1. Wat is besloten',
  removed: 'verwijderd van de plaats waar het stond',
  disabled: (where) => `ontoegankelijk gemaakt ${where}`,
  either: 'verwijderd of ontoegankelijk gemaakt, overal',
  terminated: 'uw account is bovendien beëindigd',
  suspended: 'de dienst is bovendien opgeschort',
  scope: {
    file: 'dit bestand',
    page: 'deze pagina',
    account: 'dit account',
    site: 'deze website',
    host: 'deze host',
    ip: 'dit IP-adres',
  },
  everywhere: 'overal',
  union: 'in de Europese Unie',
  countries: (names) => `in deze landen: ${names}`,
  forGood: 'Duur: tot nader bericht.',
  until: (date) => `Duur: tot ${date}.`,
  facts: '2. Feiten en omstandigheden',
  received: (date, what) => `Op ${date} ontvingen wij ${what} over de hierboven genoemde informatie.`,
  regime: (regime, authority) =>
    ({
      ntd_code: 'een melding van een derde, onder de gedragscode notice-and-takedown',
      dsa_notice: `een melding van een derde (${verordening}, artikel 16)`,
      dsa_order: `een bevel om op te treden tegen illegale inhoud van ${authority} (${verordening}, artikel 9)`,
      tco_removal_order: `een verwijderingsbevel van ${authority} (${tcoVerordening}, artikel 3)`,
      csam_order: `een aanwijzing om het ontoegankelijk te maken van ${authority}`,
      test: 'een proef',
    })[regime],
  notOurs: 'Wij handelden niet op eigen initiatief.',
  passedOn: 'Wat wij daaruit mogen doorgeven:',
  automation: '3. Geautomatiseerde middelen',
  byPerson: 'Een mens heeft het besluit genomen.',
  byProgram:
    'Het besluit is met geautomatiseerde middelen genomen en uitgevoerd: het kwam van een bron, en onder regels, waarop wij handelen zonder dat eerst een mens kijkt.',
  unknownHow: 'Het besluit is met geautomatiseerde middelen uitgevoerd.',
  found: 'Wij hebben de informatie niet met geautomatiseerde middelen opgespoord of herkend; zij is bij ons gemeld.',
  ground: '4. Grond',
  legal: (basis) => `De informatie wordt als illegale inhoud beschouwd. Rechtsgrond: ${basis}.`,
  why: 'Volgens wat wij ontvingen valt de informatie op het hierboven genoemde adres onder die grond.',
  contractual: (terms) => `Zij is ook in strijd met onze voorwaarden: ${terms}.`,
  law: {
    csam: 'Richtlijn 2011/93/EU, artikel 5, en de nationale wet die haar omzet',
    terrorist_content: 'Richtlijn (EU) 2017/541, artikel 5, en de nationale wet die haar omzet',
  },
  redress: '5. Wat u kunt doen',
  write: (contact) => `U kunt ons vragen er opnieuw naar te kijken: ${contact}.`,
  complain: (where) =>
    `U kunt bij ons een klacht indienen, elektronisch en kosteloos, binnen zes maanden (${verordening}, artikel 20): ${where}. Een mens behandelt klachten.`,
  outOfCourt: (body) =>
    `U kunt zich wenden tot een gecertificeerd orgaan voor buitengerechtelijke geschillenbeslechting (${verordening}, artikel 21)${body === undefined ? '' : `, bijvoorbeeld ${body}`}.`,
  court: 'U kunt altijd naar de rechter gaan.',
  againstOrder: (authority) =>
    `Tegen het bevel of de aanwijzing zelf kunt u opkomen (bezwaar of beroep) bij de instantie of rechter die daarvoor bevoegd is, op de wijze en binnen de termijn die erin staan. Het is gegeven door ${authority}.`,
  againstRemovalOrder: (contact, authority) =>
    `U kunt bij ons een klacht indienen en om terugplaatsing vragen (${tcoVerordening}, artikel 10): ${contact}. Tegen het verwijderingsbevel kunt u opkomen bij de rechter van de lidstaat van ${authority} (artikel 9), en u kunt ons om de redenen of een afschrift ervan vragen (artikel 11).`,
}

export const words: Readonly<Record<Language, Words>> = { en, nl }
