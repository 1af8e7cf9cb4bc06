import { receiverWords, type Sentence, saySentence } from '../providers/receiver-words.ts'
import type { Step, StepName } from './rehearsal.ts'

/** What each step asks, as a heading of the card. */
export const stepTitles: { readonly [name in StepName]: Sentence } = {
  verification: { en: 'You take in the verification event', nl: 'U neemt het bevestigingsbericht aan' },
  plain: { en: 'You refuse what is not sealed', nl: 'U weigert wat niet verzegeld is' },
  forged: { en: 'You refuse a forged notice', nl: 'U weigert een vervalste melding' },
  stranger: { en: 'You refuse what is for somebody else', nl: 'U weigert wat voor een ander is' },
  notice: { en: 'You take in a notice', nl: 'U neemt een melding aan' },
  again: { en: 'You take in the same notice again', nl: 'U neemt dezelfde melding nog eens aan' },
  receipt: { en: 'Your signed receipt comes, once', nl: 'Uw ondertekende ontvangstbevestiging komt, één keer' },
  clock: { en: 'Your clock is right', nl: 'Uw klok loopt gelijk' },
  report: { en: 'Your report comes', nl: 'Uw rapport komt' },
  withdrawal: { en: 'You take in the withdrawal', nl: 'U neemt de intrekking aan' },
}

/** What went wrong beside an answer that is no 202 (see `receiverWords`), and what to do about it. */
export const rehearsalWords = {
  negotiated: {
    en: 'Your firewall refuses our media type application/secevent+jwt, so we send application/json. That works; let the first one through when you can.',
    nl: 'Uw firewall weigert ons mediatype application/secevent+jwt, dus sturen wij application/json. Dat werkt; laat het eerste door als het kan.',
  },
  changed: {
    en: 'The endpoint was changed, paused or retired while the rehearsal ran. Start it again.',
    nl: 'De koppeling is tijdens de oefening gewijzigd, stilgezet of opgeheven. Begin opnieuw.',
  },
  broken_off: {
    en: 'The rehearsal was broken off on our side. Start it again.',
    nl: 'De oefening is aan onze kant afgebroken. Begin opnieuw.',
  },
  not_sealed: {
    en: 'No sealing key is registered: notices come as plain tokens inside TLS, and relays and logs behind it can read addresses. Register a sealing key; the SDK does so by itself.',
    nl: 'Er is geen verzegelsleutel geregistreerd: meldingen komen als open tokens binnen TLS, en tussenstations en logboeken daarachter kunnen adressen lezen. Registreer een verzegelsleutel; de SDK doet dat vanzelf.',
  },
  plain_accepted: {
    en: 'You accepted an unsealed token, though a sealing key is registered. Refuse what is not sealed with 400 invalid_key.',
    nl: 'U nam een onverzegeld token aan, terwijl er een verzegelsleutel is geregistreerd. Weiger wat niet verzegeld is met 400 invalid_key.',
  },
  forged_accepted: {
    en: 'You accepted a forged notice: its signature is not ours. Whoever knows this address could have you remove anything. Verify the signature with our key set before you answer 202; refuse with 400 invalid_key.',
    nl: 'U nam een vervalste melding aan: de handtekening is niet van ons. Wie dit adres kent, kan u alles laten verwijderen. Controleer de handtekening met onze sleutelset vóór u 202 antwoordt; weiger met 400 invalid_key.',
  },
  forged_handled: {
    en: 'You sent a receipt for a forged notice: it was handled, whatever you answered. Verify the signature before you store anything.',
    nl: 'U stuurde een ontvangstbevestiging voor een vervalste melding: zij is behandeld, wat u ook antwoordde. Controleer de handtekening vóór u iets opslaat.',
  },
  stranger_accepted: {
    en: 'You accepted a notice for somebody else: its audience is not you. Compare aud with the audience shown at this endpoint; refuse with 400 invalid_audience.',
    nl: 'U nam een melding voor een ander aan: de audience bent u niet. Vergelijk aud met de audience bij deze koppeling; weiger met 400 invalid_audience.',
  },
  stranger_handled: {
    en: 'You sent a receipt for a notice to somebody else: it was handled. Compare aud with the audience shown at this endpoint before you store anything.',
    nl: 'U stuurde een ontvangstbevestiging voor een melding aan een ander: zij is behandeld. Vergelijk aud met de audience bij deze koppeling vóór u iets opslaat.',
  },
  refused_by_breaking: {
    en: 'You answered {n}: it was not accepted, but your receiver broke over it. Answer 400 with an err as RFC 8935 has it.',
    nl: 'U antwoordde {n}: het is niet aangenomen, maar uw ontvanger ging erop stuk. Antwoord 400 met een err volgens RFC 8935.',
  },
  refused_otherwise: {
    en: 'You answered {n}. It was not accepted, which is what counts; 400 with an err would say why.',
    nl: 'U antwoordde {n}. Het is niet aangenomen, en daar gaat het om; 400 met een err zou zeggen waarom.',
  },
  refused_without_err: {
    en: 'You refused with 400, but without an err as RFC 8935 has it. With one, we can tell a stale key from a broken body.',
    nl: 'U weigerde met 400, maar zonder de err van RFC 8935. Daarmee kunnen wij een oude sleutel van een kapotte inhoud onderscheiden.',
  },
  refused_over_poll: {
    en: 'You refused over poll (setErrs) what you should take in. Your own log says why.',
    nl: 'U weigerde via poll (setErrs) wat u moet aannemen. Uw eigen logboek zegt waarom.',
  },
  refused_silently: {
    en: 'You neither acknowledged it nor refused it. It was not accepted, which is what counts; name it in setErrs with an err, or it is offered at every poll.',
    nl: 'U bevestigde het niet en weigerde het niet. Het is niet aangenomen, en daar gaat het om; noem het in setErrs met een err, anders komt het bij elke poll terug.',
  },
  not_polled: {
    en: 'No poll acknowledged the verification event within {n} s. Poll the address shown at this endpoint with a token of the scope stream:poll, and put what you stored into ack.',
    nl: 'Geen poll bevestigde binnen {n} s het bevestigingsbericht. Poll het adres bij deze koppeling met een token met de scope stream:poll, en zet wat u hebt opgeslagen in ack.',
  },
  not_acknowledged: {
    en: 'It was offered and never acknowledged. Store it, and put its id (jti) into ack at the next poll, also where it came before.',
    nl: 'Het is aangeboden en nooit bevestigd. Sla het op en zet de id (jti) bij de volgende poll in ack, ook als het al eerder kwam.',
  },
  slow: {
    en: 'You took {n} s to answer. Store the token, answer 202 at once, and work afterwards: after 10 s we take it for no answer.',
    nl: 'U deed {n} s over het antwoord. Sla het token op, antwoord meteen 202, en werk daarna: na 10 s geldt het als geen antwoord.',
  },
  no_signing_key: {
    en: 'No signing key is registered, so no receipt of yours can be verified. Register one; the SDK does so by itself.',
    nl: 'Er is geen ondertekensleutel geregistreerd, dus kan geen bevestiging van u worden gecontroleerd. Registreer er een; de SDK doet dat vanzelf.',
  },
  receipt_missing: {
    en: 'You answered 202, but no signed receipt came within {n} s. Send notice.received to /v1/reports; check that your server may call out, and its log for what we answered.',
    nl: 'U antwoordde 202, maar binnen {n} s kwam geen ondertekende bevestiging. Stuur notice.received naar /v1/reports; controleer of uw server naar buiten mag, en in het logboek wat wij antwoordden.',
  },
  receipt_digest: {
    en: 'Your receipt names another digest than that of the token we sent. Take the SHA-256 over the token exactly as it came, envelope taken off; something re-encoded it.',
    nl: 'Uw bevestiging noemt een andere vingerafdruk dan die van ons token. Neem de SHA-256 over het token precies zoals het kwam, zonder envelop; iets heeft het opnieuw gecodeerd.',
  },
  receipt_signature: {
    en: 'A receipt came that is signed by a key we do not know for you. Register the key that signs, or sign with the registered one; kid has to be its thumbprint.',
    nl: 'Er kwam een bevestiging, ondertekend met een sleutel die wij niet van u kennen. Registreer de sleutel die ondertekent, of onderteken met de geregistreerde; kid moet de thumbprint ervan zijn.',
  },
  receipt_audience: {
    en: 'A receipt came whose aud is not this portal. Set aud to the issuer shown at this endpoint.',
    nl: 'Er kwam een bevestiging met een aud die niet dit portaal is. Zet aud op de issuer die bij deze koppeling staat.',
  },
  receipt_refused: {
    en: 'A receipt came that is not as documented, and was refused with 400. Our answer to it says what is wrong; log it.',
    nl: 'Er kwam een bevestiging die niet is zoals beschreven, en die met 400 is geweigerd. Ons antwoord zegt wat er mis is; log het.',
  },
  handled_twice: {
    en: 'The same token came twice, and you sent two receipts: you handled it twice. Keep the id (jti) of what you stored for 60 days, and answer a repeated one 202 without doing anything.',
    nl: 'Hetzelfde token kwam twee keer, en u stuurde twee bevestigingen: u hebt het twee keer behandeld. Bewaar de id (jti) van wat u opsloeg 60 dagen, en antwoord op een herhaling 202 zonder iets te doen.',
  },
  clock_behind: {
    en: 'Your clock is {n} s behind. Switch on time synchronisation (NTP): your receipts and reports are dated by it.',
    nl: 'Uw klok loopt {n} s achter. Zet tijdsynchronisatie (NTP) aan: uw bevestigingen en rapporten krijgen die tijd.',
  },
  clock_ahead: {
    en: 'Your clock is {n} s ahead. Switch on time synchronisation (NTP): your receipts and reports are dated by it.',
    nl: 'Uw klok loopt {n} s voor. Zet tijdsynchronisatie (NTP) aan: uw bevestigingen en rapporten krijgen die tijd.',
  },
  clock_unknown: {
    en: 'Your clock could not be seen: the answer had no Date header, and no signed receipt came.',
    nl: 'Uw klok was niet te zien: het antwoord had geen Date-kop, en er kwam geen ondertekende bevestiging.',
  },
  report_missing: {
    en: 'No report came within {n} s. Report an outcome for every item with items.reported to /v1/reports, also where there is nothing at the address.',
    nl: 'Binnen {n} s kwam geen rapport. Meld voor elk item een uitkomst met items.reported aan /v1/reports, ook als er op het adres niets staat.',
  },
  report_signature: {
    en: 'A report came that is signed by a key we do not know for you. Register the key that signs, or sign with the registered one.',
    nl: 'Er kwam een rapport, ondertekend met een sleutel die wij niet van u kennen. Registreer de sleutel die ondertekent, of onderteken met de geregistreerde.',
  },
  report_audience: {
    en: 'A report came whose aud is not this portal. Set aud to the issuer shown at this endpoint.',
    nl: 'Er kwam een rapport met een aud die niet dit portaal is. Zet aud op de issuer die bij deze koppeling staat.',
  },
  report_refused: {
    en: 'A report came that does not fit the notice, and was refused. Our answer to it names the member that is wrong; log it.',
    nl: 'Er kwam een rapport dat niet bij de melding past, en het is geweigerd. Ons antwoord noemt wat er mis is; log het.',
  },
  report_unsigned: {
    en: 'Your report came by bearer token. That counts; a signed one proves more.',
    nl: 'Uw rapport kwam met een toegangstoken. Dat telt; een ondertekend rapport bewijst meer.',
  },
} as const satisfies Record<string, Sentence>

const all: Readonly<Record<string, Sentence>> = { ...receiverWords, ...rehearsalWords }

/** What a step says beside its heading; null where all is as it should be. */
export function sayStep(step: Pick<Step, 'code' | 'amount'>, language: 'en' | 'nl'): string | null {
  if (step.code === null) return null
  const sentence = all[step.code]
  return sentence ? saySentence(sentence, language, step.amount) : step.code
}
