/** Hoe snel een koppeling wordt bediend. */
export const pace = {
  'pace-title': 'Hoe snel wij sturen',
  'pace-in-flight': 'Verzoeken tegelijk',
  'pace-in-flight-default': 'Twee, of zoveel als het eigen tempo van uw server vraagt',
  'pace-in-flight-hint': 'Van 1 tot 32. Leeg gelaten twee. Na een mislukking één, tot uw server weer 202 antwoordt.',
  'pace-save': 'Tempo bewaren',
  'pace-allowed': 'Uw server staat toe',
  'pace-allowed-none': 'Niets gezegd (kop WebHook-Allowed-Rate)',
  'pace-allowed-all': 'Zoveel als er zijn',
  'pace-allowed-of': '{rate, plural, one {één verzoek per minuut} other {# verzoeken per minuut}}',
  'pace-rests': 'Rust',
  'pace-rests-not': 'Nee',
  'pace-rests-until': 'tot',
  'pace-failing-hint':
    'De laatste keer kwam er geen 202. Na vijf mislukkingen die zeggen dat er niemand is, laten wij haar een halve minuut met rust, daarna langer, nooit meer dan vijf minuten achter elkaar. Zodra er één aankomt, wordt alles wat wachtte gestuurd, de oudste termijn eerst.',
  'complaint.not_in_range': 'schrijf een heel getal van 1 tot 32, of laat het leeg.',
  'complaint.poll_only': 'naar een ophaalkoppeling wordt niets gestuurd; laat dit weg.',
}
