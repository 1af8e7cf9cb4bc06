/**
 * What a receiver did wrong, said to whoever wrote it, with what to do next. One table for the pages, the API and the
 * rehearsal. `{n}` is a number: a status, or seconds. Nothing that was answered is quoted.
 */
export interface Sentence {
  en: string
  nl: string
}

export const receiverWords = {
  poll_only: {
    en: 'This is a poll stream: there is no address to send to.',
    nl: 'Dit is een ophaalkoppeling: er is geen adres om naartoe te sturen.',
  },
  overtaken: {
    en: 'The endpoint was changed or verified again while this was under way. Verify it once more.',
    nl: 'De koppeling is intussen gewijzigd of opnieuw bevestigd. Bevestig haar nog eens.',
  },
  body_not_empty: {
    en: 'You answered 202 with a body. Answer 202 and nothing else: parked pages and firewalls answer with a body, and they store nothing.',
    nl: 'U antwoordde 202 met een inhoud. Antwoord 202 en verder niets: geparkeerde pagina’s en firewalls antwoorden met inhoud, en die bewaren niets.',
  },
  body_huge: {
    en: 'You answered with more than 16 KiB. Answer 202 with an empty body.',
    nl: 'U antwoordde met meer dan 16 KiB. Antwoord 202 met een lege inhoud.',
  },
  body_broken_off: {
    en: 'You answered 202 and announced a body, which broke off. Answer 202 with an empty body, and say so: Content-Length: 0.',
    nl: 'U antwoordde 202 en kondigde een inhoud aan, die afbrak. Antwoord 202 met een lege inhoud, en zeg dat ook: Content-Length: 0.',
  },
  not_202: {
    en: 'You answered {n}, we need 202. Answer 202 with an empty body once the token is stored durably.',
    nl: 'U antwoordde {n}, wij hebben 202 nodig. Antwoord 202 met een lege inhoud zodra het token veilig is opgeslagen.',
  },
  not_202_page: {
    en: 'You answered {n} with a web page, as a login or parking page does. Nothing of yours received the token: check that this path reaches your receiver without signing in.',
    nl: 'U antwoordde {n} met een webpagina, zoals een inlogpagina of geparkeerd domein doet. Niets van u heeft het token ontvangen: controleer of dit pad zonder inloggen bij uw ontvanger uitkomt.',
  },
  redirected: {
    en: 'You answered {n}, a redirect, and we follow none. Register the address that it leads to; a missing slash or http for https are the usual reasons.',
    nl: 'U antwoordde {n}, een doorverwijzing, en die volgen wij niet. Registreer het adres waar zij heen leidt; een ontbrekende schuine streep of http in plaats van https is meestal de oorzaak.',
  },
  receiver_invalid_request: {
    en: 'You answered 400 invalid_request: your receiver could not read the token. Usually a body parser changed the body before it got there. Mount the receiver before it, and take the raw body as ASCII text.',
    nl: 'U antwoordde 400 invalid_request: uw ontvanger kon het token niet lezen. Meestal heeft een body-parser de inhoud daarvoor al veranderd. Zet de ontvanger ervóór en neem de inhoud onveranderd als ASCII-tekst aan.',
  },
  receiver_invalid_key: {
    en: 'You answered 400 invalid_key: your receiver does not know our signing key, or could not unseal. Check that it can fetch our key set, and that it has the private half of the sealing key registered here.',
    nl: 'U antwoordde 400 invalid_key: uw ontvanger kent onze sleutel niet, of kon de verzegeling niet openen. Controleer of hij onze sleutelset kan ophalen en de geheime helft heeft van de hier geregistreerde verzegelsleutel.',
  },
  receiver_invalid_issuer: {
    en: 'You answered 400 invalid_issuer: your receiver expects another issuer. Configure the issuer shown at this endpoint.',
    nl: 'U antwoordde 400 invalid_issuer: uw ontvanger verwacht een andere afzender. Stel de issuer in die bij deze koppeling staat.',
  },
  receiver_invalid_audience: {
    en: 'You answered 400 invalid_audience: your receiver expects another audience. Configure the audience shown at this endpoint.',
    nl: 'U antwoordde 400 invalid_audience: uw ontvanger verwacht een andere geadresseerde. Stel de audience in die bij deze koppeling staat.',
  },
  receiver_authentication_failed: {
    en: 'You answered 400 authentication_failed: your receiver wants a bearer token that we were not given. The signature is the proof; ask for nothing more.',
    nl: 'U antwoordde 400 authentication_failed: uw ontvanger wil een toegangstoken dat wij niet hebben. De handtekening is het bewijs; vraag verder niets.',
  },
  receiver_access_denied: {
    en: 'You answered 400 access_denied: your receiver lets us send it nothing. Look in its configuration for who may send.',
    nl: 'U antwoordde 400 access_denied: uw ontvanger laat ons niets sturen. Kijk in zijn instellingen wie er mag sturen.',
  },
  bad_request: {
    en: 'You answered 400 without an err as RFC 8935 has it. Your log has to say what it did not like; often a body parser expects JSON and got a token.',
    nl: 'U antwoordde 400 zonder de err van RFC 8935. Uw logboek moet zeggen wat er niet beviel; vaak verwacht een body-parser JSON en kreeg hij een token.',
  },
  receiver_failed: {
    en: 'You answered {n}: your receiver broke. Its log has to say why.',
    nl: 'U antwoordde {n}: uw ontvanger ging stuk. Zijn logboek moet zeggen waarom.',
  },
  unauthorised: {
    en: 'You answered 401. We send no credentials to an endpoint: the signature is the proof. Take this path out of what asks for a password or token.',
    nl: 'U antwoordde 401. Wij sturen geen inloggegevens mee: de handtekening is het bewijs. Haal dit pad uit wat om een wachtwoord of token vraagt.',
  },
  forbidden_by_receiver: {
    en: 'You answered 403 to both body forms: a firewall in front of your receiver refuses us. Allow POST to this path with our media types.',
    nl: 'U antwoordde 403 op beide vormen: een firewall vóór uw ontvanger weigert ons. Sta POST op dit pad toe met onze mediatypen.',
  },
  not_found: {
    en: 'You answered 404: nothing listens at this path. Check the path in the address, and that POST is routed to your receiver.',
    nl: 'U antwoordde 404: op dit pad luistert niets. Controleer het pad in het adres, en of POST bij uw ontvanger uitkomt.',
  },
  method_not_allowed: {
    en: 'You answered 405: this path takes no POST. Tokens come by POST and by nothing else.',
    nl: 'U antwoordde 405: dit pad neemt geen POST aan. Tokens komen per POST en niet anders.',
  },
  media_type_refused: {
    en: 'You answered {n}: your firewall refuses our media type, in both forms. Let through application/secevent+jwt, or at least application/json.',
    nl: 'U antwoordde {n}: uw firewall weigert ons mediatype, in beide vormen. Laat application/secevent+jwt door, of anders application/json.',
  },
  gone: {
    en: 'You answered 410, which says that this endpoint is retired. Register the address that took its place.',
    nl: 'U antwoordde 410, en dat zegt dat deze koppeling is opgeheven. Registreer het adres dat ervoor in de plaats kwam.',
  },
  too_large_for_receiver: {
    en: 'You answered 413. Allow bodies of up to 256 KiB; in nginx that is client_max_body_size.',
    nl: 'U antwoordde 413. Sta inhoud tot 256 KiB toe; in nginx heet dat client_max_body_size.',
  },
  busy: {
    en: 'You answered 429 and asked us to wait {n} s. Raise the limit for this path: notices come when they come.',
    nl: 'U antwoordde 429 en vroeg ons {n} s te wachten. Verhoog de grens voor dit pad: meldingen komen wanneer ze komen.',
  },
  busy_unsaid: {
    en: 'You answered 429 without Retry-After, so we cannot know when to come back. Say when, or raise the limit for this path.',
    nl: 'U antwoordde 429 zonder Retry-After, dus weten wij niet wanneer we terug kunnen komen. Zeg wanneer, of verhoog de grens voor dit pad.',
  },
  unexpected_answer: {
    en: 'You answered {n}. A receipt is 202 with an empty body.',
    nl: 'U antwoordde {n}. Een ontvangstbevestiging is 202 met een lege inhoud.',
  },
  address_refused: {
    en: 'The name leads to a private, local or reserved address, and we call public ones only. Put the receiver where the internet reaches it.',
    nl: 'De naam leidt naar een besloten, lokaal of gereserveerd adres, en wij bellen alleen openbare. Zet de ontvanger waar het internet hem bereikt.',
  },
  dns: {
    en: 'The name could not be resolved. Check its A or AAAA record and its spelling.',
    nl: 'De naam kon niet worden gevonden. Controleer het A- of AAAA-record en de spelling.',
  },
  connection_refused: {
    en: 'The connection was refused: nothing listens on this port, or a firewall closed it. Start the receiver, or open the port.',
    nl: 'De verbinding werd geweigerd: er luistert niets op deze poort, of een firewall sloot haar. Start de ontvanger, of open de poort.',
  },
  unreachable: {
    en: 'There is no way to that address. Check its routing, and IPv6 where the name has an AAAA record.',
    nl: 'Er is geen weg naar dat adres. Controleer de routering, en IPv6 als de naam een AAAA-record heeft.',
  },
  timeout: {
    en: 'No whole answer came within 10 s. Store the token, answer 202 at once, and work afterwards.',
    nl: 'Er kwam binnen 10 s geen volledig antwoord. Sla het token op, antwoord meteen 202, en werk daarna.',
  },
  tls: {
    en: 'The TLS connection failed. Offer TLS 1.2 or newer on this port, with a certificate that is valid for this name.',
    nl: 'De TLS-verbinding mislukte. Bied op deze poort TLS 1.2 of nieuwer aan, met een certificaat dat voor deze naam geldt.',
  },
  tls_expired: {
    en: 'Your certificate is out of date. Renew it, and see that the server loads the new one.',
    nl: 'Uw certificaat is verlopen of nog niet geldig. Vernieuw het, en let op dat de server het nieuwe laadt.',
  },
  tls_name: {
    en: 'Your certificate is for another name. Get one for the name in the address, or register the name that it is for.',
    nl: 'Uw certificaat is voor een andere naam. Vraag er een aan voor de naam in het adres, of registreer de naam waarvoor het geldt.',
  },
  tls_self_signed: {
    en: 'Your certificate is signed by itself. Use one from a public authority; the free ones will do.',
    nl: 'Uw certificaat is door zichzelf ondertekend. Gebruik er een van een openbare instantie; de gratis zijn goed genoeg.',
  },
  tls_authority: {
    en: 'Your certificate comes from an authority we do not know, or without its chain. Install the full chain (fullchain.pem) of a public authority.',
    nl: 'Uw certificaat komt van een instantie die wij niet kennen, of zonder keten. Installeer de hele keten (fullchain.pem) van een openbare instantie.',
  },
  reset: {
    en: 'You closed the connection before an answer came. Look for a crash or a proxy’s limit in the log.',
    nl: 'U verbrak de verbinding voordat er een antwoord kwam. Zoek in het logboek naar een crash of een grens van een proxy.',
  },
  answer_too_large: {
    en: 'Your answer’s header is larger than 16 KiB. A receipt has no body and needs few headers.',
    nl: 'De kop van uw antwoord is groter dan 16 KiB. Een ontvangstbevestiging heeft geen inhoud en weinig koppen nodig.',
  },
  not_http: {
    en: 'What you answered is not HTTP. Check that the port in the address belongs to your web server.',
    nl: 'Wat u antwoordde is geen HTTP. Controleer of de poort in het adres van uw webserver is.',
  },
} as const satisfies Record<string, Sentence>

export type ReceiverWord = keyof typeof receiverWords

/** A sentence with its number in it. */
export function saySentence(sentence: Sentence, language: 'en' | 'nl', n: number | null): string {
  return sentence[language].replaceAll('{n}', n === null ? '–' : String(n))
}
