import type { OutgoingMail } from '../ground/ground.ts'

export interface Pointer {
  noticeId: string
  count: number
  regime: string
  hours: number
  /** To the page where it is answered. */
  link: string
  until: Date
  /** Where whoever doubts this mail asks whether it was sent. */
  asked: string
  withdrawn: boolean
}

/** As the pages say it, with the code that programs know it by. */
const regimes: Record<'en' | 'nl', Record<string, string>> = {
  en: {
    ntd_code: 'Code of conduct (ntd_code)',
    dsa_notice: 'DSA notice, article 16 (dsa_notice)',
    dsa_order: 'DSA order, article 9 (dsa_order)',
    tco_removal_order: 'TCO removal order (tco_removal_order)',
    csam_order: 'Administrative order (csam_order)',
  },
  nl: {
    ntd_code: 'Gedragscode (ntd_code)',
    dsa_notice: 'DSA-melding, artikel 16 (dsa_notice)',
    dsa_order: 'DSA-bevel, artikel 9 (dsa_order)',
    tco_removal_order: 'TCO-verwijderingsbevel (tco_removal_order)',
    csam_order: 'Aanwijzing (csam_order)',
  },
}

interface Letter {
  /** Of several at once. */
  subject(count: number): string
  subjectOf(pointer: Pointer): string
  /** What is said of one. */
  about(pointer: Pointer): string[]
  /** To a company that never heard of us: why it is written to, and what it may do about that. */
  invitation: string
  end(pointer: Pointer): string[]
}

/** Numbers, counts, times and links of ours: whoever reads over the shoulder, or in a mail archive, learns nothing else. */
export const pointerMail: {
  readonly [locale in 'en' | 'nl']: (
    pointers: readonly Pointer[],
    more?: { invites: boolean },
  ) => Pick<OutgoingMail, 'subject' | 'text'>
} = {
  en: (pointers, more) =>
    written(pointers, more?.invites === true, {
      subject: (count) => `${count} notices`,
      subjectOf: ({ noticeId, withdrawn }) => (withdrawn ? `Notice ${noticeId} was withdrawn` : `Notice ${noticeId}`),
      about: ({ noticeId, count, regime, hours, link, until, withdrawn }) => [
        withdrawn ? 'A notice to you was withdrawn.' : 'There is a notice for you.',
        '',
        `Number: ${noticeId}`,
        `Items: ${count}`,
        `Regime: ${regimes.en[regime] ?? regime}`,
        ...(withdrawn ? [] : [`Time: ${hours} ${hours === 1 ? 'hour' : 'hours'} from receipt`]),
        '',
        withdrawn
          ? 'To see what goes back, and to say that it is back, open this page and type the number. You need no account:'
          : 'To see what is asked, and to answer, open this page and type the number. You need no account:',
        '',
        link,
        '',
        `The page works until ${until.toISOString().slice(0, 10)}, for this mailbox and this notice only. Opening it changes nothing.`,
      ],
      invitation:
        'You have no account here. The public registry of addresses names this mailbox for a network of your company, which is why you are written to. From the page above you may also claim the record of your company: then you choose who is told, and how. You are not asked that more than once a day.',
      end: ({ asked }) => [
        `Noticeline carries notices of hotlines and authorities to hosting companies. To make sure that we sent this, ask: ${asked}`,
        '',
        'This mail says nothing about what or where on purpose. Reading it is no receipt.',
      ],
    }),
  nl: (pointers, more) =>
    written(pointers, more?.invites === true, {
      subject: (count) => `${count} meldingen`,
      subjectOf: ({ noticeId, withdrawn }) =>
        withdrawn ? `Melding ${noticeId} is ingetrokken` : `Melding ${noticeId}`,
      about: ({ noticeId, count, regime, hours, link, until, withdrawn }) => [
        withdrawn ? 'Een melding aan u is ingetrokken.' : 'Er is een melding voor u.',
        '',
        `Nummer: ${noticeId}`,
        `Aantal: ${count}`,
        `Regime: ${regimes.nl[regime] ?? regime}`,
        ...(withdrawn ? [] : [`Termijn: ${hours} uur na ontvangst`]),
        '',
        withdrawn
          ? 'Om te zien wat terug moet, en te melden dat het terug is, opent u deze pagina en typt u het nummer. U hebt geen account nodig:'
          : 'Om te zien wat wordt gevraagd, en te antwoorden, opent u deze pagina en typt u het nummer. U hebt geen account nodig:',
        '',
        link,
        '',
        `De pagina werkt tot ${until.toISOString().slice(0, 10)}, alleen voor deze mailbox en deze melding. Openen verandert niets.`,
      ],
      invitation:
        'U hebt hier geen account. Het openbare register van adressen noemt deze mailbox bij een netwerk van uw bedrijf; daarom schrijven wij u. Op de pagina hierboven kunt u het dossier van uw bedrijf ook op uw naam zetten: dan bepaalt u wie bericht krijgt, en hoe. Dat vragen wij niet vaker dan eens per dag.',
      end: ({ asked }) => [
        `Noticeline brengt meldingen van meldpunten en autoriteiten naar hostingbedrijven. Wilt u zeker weten dat wij dit stuurden, vraag het hier: ${asked}`,
        '',
        'Deze mail zegt met opzet niet wat of waar. Hem lezen geldt niet als ontvangst.',
      ],
    }),
}

function written(
  pointers: readonly Pointer[],
  invites: boolean,
  letter: Letter,
): Pick<OutgoingMail, 'subject' | 'text'> {
  const [first] = pointers
  if (!first) throw new Error('A pointer points to something.')
  return {
    subject: pointers.length === 1 ? letter.subjectOf(first) : letter.subject(pointers.length),
    text: [
      ...pointers.flatMap((pointer) => [...letter.about(pointer), '']),
      ...(invites ? [letter.invitation, ''] : []),
      ...letter.end(first),
    ].join('\n'),
  }
}
