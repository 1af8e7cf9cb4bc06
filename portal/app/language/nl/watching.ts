export const watching = {
  'watch-title': 'Hoe het met de bezorging staat',
  'watch-fine': 'Niets is te laat: wat moet gaan, gaat, en elke melding heeft nog meer dan een kwart van haar termijn.',
  'watch-waiting': 'Wacht op bezorging',
  'watch-waiting-count': '{count, plural, =0 {niets} one {# bezorging} other {# bezorgingen}}',
  'watch-oldest': 'Oudste die aan de beurt is',
  'watch-oldest-none': 'er is er geen aan de beurt',
  'watch-failing': 'Oudste bij een ontvanger die faalt',
  'watch-owed': 'Oudste wat nog ergens op moet volgen',
  'watch-none': 'geen',
  'watch-risk': 'Minder dan een kwart van de termijn over',
  'watch-risk-count': '{count, plural, =0 {geen} one {# melding} other {# meldingen}} niet aangekomen',
  'watch-overdue': 'Termijn verstreken',
  'watch-late-title': 'Bel deze eerst',
  'watch-late-caption': 'Meldingen die niet zijn aangekomen, de naaste termijn eerst',
  'watch-late-why': 'Laatste antwoord',
  'watch-late-untried': 'nog niet geprobeerd',
  'watch-slow-own':
    'Er wacht al {length} werk terwijl niets het in de weg staat. Kijk of er een worker draait en of die het bijhoudt.',

  'failure.poll.invalid_request':
    'Geweigerd bij het ophalen: het token was niet te lezen, of wat erin staat is onbekend',
  'failure.poll.invalid_key':
    'Geweigerd bij het ophalen: onze sleutel is daar onbekend, of de eigen sleutel opent niet',
  'failure.poll.invalid_issuer': 'Geweigerd bij het ophalen: er wordt een andere afzender verwacht',
  'failure.poll.invalid_audience': 'Geweigerd bij het ophalen: er wordt een andere geadresseerde verwacht',
  'failure.poll.authentication_failed': 'Geweigerd bij het ophalen: het was niet vast te stellen dat wij het zijn',
  'failure.poll.access_denied': 'Geweigerd bij het ophalen: wij mogen daar niets sturen',
  'failure.poll.refused': 'Geweigerd bij het ophalen, met een code die het protocol niet kent',

  'endpoint-state-reason': 'Opgegeven reden',
  'fact.stream.told': 'De ontvanger is verteld wat zijn stroom nu is',
}
