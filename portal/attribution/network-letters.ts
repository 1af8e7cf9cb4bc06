import type { Locale } from '../people/person.ts'

export type LetterName = 'proof' | 'consent' | 'consented' | 'missed' | 'ended' | 'taken' | 'accepted' | 'refused'

interface Said {
  /** A range, a number or a name: the network, never anything in it. */
  network: string
  company: string
  code: string
  link: string
  /** An instant, or nothing. */
  until: string
}

export interface Letter {
  subject: string
  text(said: Said): string[]
}

export const letters: { readonly [locale in Locale]: { readonly [name in LetterName]: Letter } } = {
  en: {
    proof: {
      subject: 'Does this network belong to the company that says so?',
      text: ({ network, company, code, link, until }) => [
        `${company} says that ${network} is its network, and asks to be sent the notices about what is hosted there.`,
        'The registry names this mailbox for abuse in that network, so you are asked.',
        '',
        `Yes or no, on a page that changes nothing by being opened: ${link}`,
        `Or hand them this code: ${code}`,
        '',
        `If you know nothing of it, say no there, or do nothing: without you nothing changes. It ends at ${until}.`,
        'Noticeline passes notices of hotlines and authorities on to hosting companies.',
      ],
    },
    consent: {
      subject: 'Somebody claims a part of your network',
      text: ({ network, company, link }) => [
        `${company} claims ${network}, which lies in a network of yours.`,
        'Until you agree nothing changes: notices about it go to you, and to nobody else.',
        '',
        `Agree or refuse: ${link}`,
        'If you do not know them, refuse.',
      ],
    },
    consented: {
      subject: 'The holder of the network agreed',
      text: ({ network, link }) => [`Your claim on ${network} has its holder’s consent.`, '', `How it stands: ${link}`],
    },
    missed: {
      subject: 'The proof of a network of yours is missing',
      text: ({ network, link, until }) => [
        `Your proof for ${network} was not found at the last look.`,
        `If it is not back by ${until}, the network ends, and notices about it go where they went before.`,
        '',
        `What has to stand where: ${link}`,
      ],
    },
    ended: {
      subject: 'A network, or a claim on one, has ended',
      text: ({ network, link }) => [
        `From now on ${network} is not counted as yours by that proof.`,
        '',
        `Why, and how to claim it again: ${link}`,
      ],
    },
    taken: {
      subject: 'The desk ended a network of yours',
      text: ({ network, link }) => [
        `From now on ${network} is not counted as yours: the platform’s desk ended it. Notices about it go elsewhere.`,
        'What was sent to you before is still yours to answer.',
        '',
        `Why: ${link}`,
      ],
    },
    accepted: {
      subject: 'Your claim on a network was accepted',
      text: ({ network, link }) => [`The desk accepted your claim on ${network}.`, '', `How it stands: ${link}`],
    },
    refused: {
      subject: 'Your claim on a network was refused',
      text: ({ network, link }) => [`The desk refused your claim on ${network}.`, '', `Why: ${link}`],
    },
  },
  nl: {
    proof: {
      subject: 'Is dit netwerk van het bedrijf dat dat zegt?',
      text: ({ network, company, code, link, until }) => [
        `${company} zegt dat ${network} het eigen netwerk is, en vraagt om de meldingen over wat daar gehost wordt.`,
        'Het register noemt dit postadres voor misbruik in dat netwerk; daarom wordt het u gevraagd.',
        '',
        `Ja of nee, op een pagina die door openen niets verandert: ${link}`,
        `Of geef hun deze code: ${code}`,
        '',
        `Weet u van niets? Zeg daar nee, of doe niets: zonder u verandert er niets. Het vervalt op ${until}.`,
        'Noticeline geeft meldingen van meldpunten en autoriteiten door aan hostingbedrijven.',
      ],
    },
    consent: {
      subject: 'Iemand claimt een deel van uw netwerk',
      text: ({ network, company, link }) => [
        `${company} claimt ${network}, dat in een netwerk van u ligt.`,
        'Tot u instemt verandert er niets: meldingen erover gaan naar u, en naar niemand anders.',
        '',
        `Instemmen of weigeren: ${link}`,
        'Kent u hen niet? Weiger dan.',
      ],
    },
    consented: {
      subject: 'De houder van het netwerk stemt in',
      text: ({ network, link }) => [
        `Uw claim op ${network} heeft de instemming van de houder.`,
        '',
        `Hoe het ermee staat: ${link}`,
      ],
    },
    missed: {
      subject: 'Het bewijs van een netwerk van u ontbreekt',
      text: ({ network, link, until }) => [
        `Uw bewijs voor ${network} is bij de laatste controle niet gevonden.`,
        `Is het er op ${until} niet weer, dan eindigt het netwerk en gaan meldingen erover weer waar zij eerder heen gingen.`,
        '',
        `Wat waar moet staan: ${link}`,
      ],
    },
    ended: {
      subject: 'Een netwerk, of een claim erop, is geëindigd',
      text: ({ network, link }) => [
        `Vanaf nu geldt ${network} door dat bewijs niet meer als het uwe.`,
        '',
        `Waarom, en hoe u het opnieuw claimt: ${link}`,
      ],
    },
    taken: {
      subject: 'De desk heeft een netwerk van u beëindigd',
      text: ({ network, link }) => [
        `Vanaf nu geldt ${network} niet meer als het uwe: de desk heeft het beëindigd. Meldingen erover gaan elders heen.`,
        'Wat u eerder is gezonden, blijft aan u om te beantwoorden.',
        '',
        `Waarom: ${link}`,
      ],
    },
    accepted: {
      subject: 'Uw claim op een netwerk is aanvaard',
      text: ({ network, link }) => [
        `De desk heeft uw claim op ${network} aanvaard.`,
        '',
        `Hoe het ermee staat: ${link}`,
      ],
    },
    refused: {
      subject: 'Uw claim op een netwerk is afgewezen',
      text: ({ network, link }) => [`De desk heeft uw claim op ${network} afgewezen.`, '', `Waarom: ${link}`],
    },
  },
}
