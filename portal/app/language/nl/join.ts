import type { join as en } from '../en/join.ts'

export const join: Record<keyof typeof en, string> = {
  'nav-joining': 'Aan de slag',
  'nav-company': 'Bedrijf',
  'front-join': 'Registreer uw bedrijf',

  'join-title': 'Registreer uw bedrijf',
  'join-lede':
    'Twee stappen, en u bent bereikbaar: de mailbox antwoordt en het netwerk is gevonden. De rest is er wanneer u het wilt.',
  'join-why-1': 'Wij mailen een link naar uw functionele mailbox. Wie die kan lezen, kan verder; niemand anders.',
  'join-why-2': 'Wij vragen het register van adressen van wie het netwerk is. De mailbox die het noemt, is het bewijs.',
  'join-why-3':
    'Onze desk kijkt ernaar, of er verstrijkt een vaste tijd als de mailbox van het register zelf antwoordde.',
  'join-company': 'Naam van het bedrijf',
  'join-country': 'Land',
  'join-country-hint': 'Twee letters, zoals NL.',
  'join-email': 'Mailbox voor meldingen',
  'join-email-hint':
    'Een functionele mailbox die meerdere mensen lezen, liefst die welke uw register voor misbruik toont.',
  'join-person': 'Uw naam',
  'join-send': 'Mail de link',
  'join-sent': 'Er is een link onderweg naar die mailbox.',
  'join-sent-hint':
    'De link werkt één keer, 24 uur lang. Na een paar minuten nog niets? Kijk bij de ongewenste mail. Wij mailen hoogstens drie links per uur naar één mailbox.',
  'join-mailbox': 'Demo: open de mailbox om de link te vinden',
  'join-already': 'Al geregistreerd?',

  'claim-title': 'Claim dit bedrijf',
  'claim-lede':
    'Wij kennen {company} uit het register van adressen, en niemand treedt er hier nog voor op. Claim het, en u bepaalt wie wordt aangeschreven en hoe.',
  'claim-lede-owned':
    '{company} heeft hier eigen mensen. Een claim gaat naar hen en naar onze desk, en verandert zelf niets.',
  'claim-why':
    'De link gaat naar de mailbox waarheen deze melding is gemaild, wie er hier ook om vraagt. Een mail die aan een klant is doorgestuurd, claimt dus niets.',
  'claim-send': 'Mail de link naar die mailbox',
  'claim-sent': 'Er is een link onderweg naar de mailbox waarheen de melding is gemaild.',
  'claim-unknown': 'Dit is geen link van ons, of er ontbreekt een deel.',
  'claim-expired': 'Deze link is verlopen. In een nieuwere mail staat een nieuwere link.',
  'claim-revoked': 'Deze link werkt niet meer. In een nieuwere mail staat mogelijk een andere.',
  'claim-instead': 'Registreer met uw eigen mailbox',

  'joining-title-join': '{organisation} registreren',
  'joining-title-claim': '{organisation} claimen',
  'joining-title-invitation': 'Optreden voor {organisation}',
  'joining-title-none': 'Een link om binnen te komen',
  'joining-lede':
    'U kwam via een link die naar {email} is gemaild. Openen deed niets. Met de knop hieronder wordt u hier eigenaar van {organisation}.',
  'joining-contested':
    '{organisation} heeft hier eigen mensen. Gaat u verder, dan horen zij en onze desk dat u het bedrijf claimt vanuit {email}. Verder gebeurt er niets.',
  'joining-contest-now': 'Laat het hun weten',
  'joining-contested-done': 'De eigenaren en onze desk zijn ingelicht. Er is niets veranderd; u hoort van een van hen.',
  'joining-member': 'Deze mailbox hoort al bij iemand van het bedrijf. U hoeft zich niet aan te melden: log gewoon in.',
  'joining-terms': 'Wat deelnemen betekent',
  'joining-version': 'Versie {version}',
  'joining-accept': 'Ik aanvaard deze voorwaarden voor {organisation}.',
  'joining-accept-missing': 'Zonder dat u de voorwaarden aanvaardt, kan er niets beginnen.',
  'joining-now': 'Aanvaarden en verder',
  'joining-until': 'Werkt tot',
  'joining-unknown': 'Dit is geen link van ons, of er ontbreekt een deel.',
  'joining-expired': 'Deze link is verlopen.',
  'joining-consumed': 'Deze link is gebruikt. Elke link werkt één keer.',
  'joining-again': 'Vraag een nieuwe link',

  'terms-provider-1':
    'Noticeline brengt u meldingen van meldpunten en autoriteiten over materiaal op uw servers: per mail, via uw koppeling, of doordat u ze ophaalt. Van u wordt gevraagd te kijken, binnen de termijn van de melding te handelen, en te zeggen wat u deed.',
  'terms-provider-2':
    'Deelnemen is geen erkenning. Een ontvangst zegt dat u een melding hebt, een rapport zegt wat u deed; geen van beide zegt dat u aansprakelijk bent of dat de melder gelijk heeft. U mag weigeren, met een reden, en betwisten.',
  'terms-provider-3':
    'Het kost niets en levert niets op. U kunt op elk moment stoppen; wat dan openstaat, krijgt u per mail, zoals elk bedrijf dat niet deelneemt.',
  'terms-provider-4':
    'U houdt uw contacten, netwerken en sleutels juist, antwoordt daarvandaan wanneer dat tweemaal per jaar wordt gevraagd, en geeft adressen niet door aan wie ze niet nodig heeft om te handelen.',
  'terms-provider-5':
    'Wij bewaren wat er gebeurde, met tijden, als bewijs dat niemand kan herschrijven, ook wij niet. Adressen van items zijn verzegeld en worden na hun tijd gewist; cijfers bevatten er geen.',
  'terms-provider-6':
    'Wij kunnen een organisatie die de lijn in gevaar brengt schorsen, en zeggen waarom. Instemming om hier bevelen te ontvangen wordt apart gevraagd, per regime, en hoort nooit bij deze voorwaarden.',
  'terms-notifier-1':
    'U doet meldingen te goeder trouw, na een beoordeling door iemand die daarvoor is opgeleid, over wat onrechtmatig is op de grond die u noemt. U stuurt nooit materiaal, en niets over degene die bij u meldde.',
  'terms-notifier-2':
    'Een melding zegt waar, nooit meer dan nodig is. U trekt haar in zodra u weet dat zij onjuist was; iedereen die haar kreeg, hoort dat.',
  'terms-notifier-3':
    'Het kost niets en levert niets op. U kunt op elk moment stoppen; wat u stuurde, blijft zoals het is.',
  'terms-notifier-4':
    'U ziet hoe het uw eigen meldingen vergaat, en die van geen andere melder. U publiceert van hieruit niets over een bedrijf waarmee het in een rangorde kan worden gezet.',
  'terms-notifier-5':
    'Wij bewaren wat er gebeurde, met tijden, als bewijs dat niemand kan herschrijven, ook wij niet. Adressen van items zijn verzegeld en worden na hun tijd gewist.',
  'terms-notifier-6':
    'Autoriteiten loggen in met een tweede factor. Bevelen gaan alleen naar wie heeft gezegd langs deze weg bereikbaar te zijn, en pas wanneer dat deel van de lijn open is.',

  'start-title': 'Aan de slag',
  'start-lede':
    'Wat klaar is en wat er nog rest. Alleen de eerste twee zijn nodig; bij elk staat waar het goed voor is.',
  'start-done': 'Klaar',
  'start-left': 'Nog te doen',
  'start-wanted': 'Wanneer u het wilt',
  'start-waits': 'Wacht',
  'start-mailbox': 'De mailbox antwoordt',
  'start-mailbox-why': 'Iemand drukte op een link die erheen was gemaild, dus meldingen kunnen daarheen.',
  'start-network': 'Het netwerk is gevonden',
  'start-network-why':
    'Alleen de houder van een netwerk wordt gevraagd naar wat erin staat. Typ een adres van u, of uw AS-nummer: wij vragen het register, en de misbruikmailbox daar is het bewijs.',
  'start-network-count': '{count, plural, =0 {nog geen} one {één geclaimd} other {# geclaimd}}',
  'start-network-field': 'Een adres in uw netwerk, of uw AS-nummer',
  'start-network-hint': 'Zoals 192.0.2.1, 2001:db8::1 of AS64500. Een adres van het netwerk, niet van een item.',
  'start-network-find': 'Zoek het op',
  'start-network-invalid': 'Dit is geen IP-adres en geen AS-nummer.',
  'start-network-none': 'Geen register kent het.',
  'start-network-failed': 'Het register antwoordde zojuist niet. Probeer het over een paar minuten opnieuw.',
  'start-network-other':
    'Het register noemt daarvoor een andere mailbox dan die van u die hebben geantwoord. Voeg die mailbox toe aan uw contacten, of bewijs het netwerk op een andere manier onder Netwerken.',
  'start-network-found': 'Gevonden en door uw mailbox geclaimd: {count, plural, one {één reeks} other {# reeksen}}.',
  'start-network-waits': 'Hier moet iemand naar kijken. Waarop het wacht, staat onder Netwerken.',
  'start-networks-page': 'Netwerken',
  'start-company': 'Wie u bent',
  'start-company-why': 'De rechtspersoon en het registratienummer, zodat de desk weet wie zij toelaat.',
  'start-company-open': 'Naar de bedrijfspagina',
  'start-people': 'Collega’s',
  'start-people-why': 'Een tweede persoon, zodat een melding niet wacht op wie afwezig is.',
  'start-people-count': '{count, plural, one {één persoon} other {# personen}}',
  'start-people-open': 'Nodig iemand uit',
  'start-contacts': 'Een tweede contact',
  'start-contacts-why': 'Waarheen te schrijven als de eerste mailbox zwijgt of mail terugstuurt, met uren en talen.',
  'start-contacts-count': '{count, plural, one {één heeft geantwoord} other {# hebben geantwoord}}',
  'start-contacts-open': 'Naar de contacten',
  'start-channel': 'Een weg voor programma’s',
  'start-channel-why':
    'Een koppeling of een stroom om op te halen neemt meldingen meteen aan, ondertekend. Zonder komen zij per mail.',
  'start-channel-mail': 'per mail',
  'start-channel-push': 'via een koppeling',
  'start-channel-poll': 'door ophalen',
  'start-channel-open': 'Naar de koppelingen',
  'start-rehearsal': 'Een oefening',
  'start-rehearsal-why': 'Een proefmelding langs de hele weg, met een rapport in woorden.',
  'start-rehearsal-open': 'Repeteren',
  'start-admission': 'Toelating',
  'start-admission-waiting':
    'Wacht op onze desk. Tot dan ziet u wat een gemailde link toont, kunt u alles instellen, en komen meldingen alleen per mail.',
  'start-admission-auto':
    'Waar de mailbox van het register zelf heeft geantwoord, komt zij vanzelf na {days, plural, one {één dag} other {# dagen}}.',
  'start-admission-refused': 'Geweigerd door onze desk.',
  'start-admission-admitted': 'Toegelaten sinds',
  'start-admission-reason': 'Reden',
  'start-admission-again': 'Opnieuw vragen',
  'start-admission-asked': 'Opnieuw gevraagd. Onze desk kijkt ernaar.',
  'start-not-admitted-banner':
    'Uw bedrijf is nog niet toegelaten. Meldingen bereiken u per mail; adressen staan op de pagina achter de gemailde link.',
}
