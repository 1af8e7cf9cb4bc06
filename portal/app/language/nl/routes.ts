import type { routes as english } from '../en/routes.ts'

export const routes: Record<keyof typeof english, string> = {
  'desk-network': 'Netwerk',
  'desk-network-end': 'Een netwerk beëindigen',
  'desk-network-end-text':
    'Vanaf nu geldt het niet meer als het hunne, en latere meldingen gaan waar zij zonder dat netwerk heen zouden gaan. Wat eerder is verzonden, blijft bij hen. Elk contactpunt krijgt bericht en leest uw reden. Wordt het opnieuw geclaimd, dan wacht het op u.',
  'desk-network-reason-hint': 'Een of twee zinnen. Wie het hield, leest ze; zet er dus geen adres in.',
  'desk-network-over': 'Dit netwerk was al geëindigd.',
  'desk-provider-known': 'alleen bekend uit het register: wordt aangeschreven',
  'desk-provider-named': 'zoals hierboven genoemd: wordt vastgelegd en aangeschreven',
  'delegated-title': 'Aan u overgedragen',
  'delegated-lede':
    'Wat er bij uw klanten in netwerken van anderen speelt, voor zover elke houder u dat laat zien. Meldingen gaan naar de houder, die verantwoordelijk blijft; spreek met hem af hoe u handelt.',
  'delegated-none': 'Er is niets aan u overgedragen',
  'delegated-none-hint':
    'Een bedrijf waarvan de klanten in een deel van zijn netwerk de uwe zijn, kan dat deel tot een datum aan u overdragen.',
  'delegated-open': 'Open',
  'delegated-ended': 'Geëindigd',
  'delegated-caption': 'Items in {part}',
  'delegated-see': 'Bekijk wat daar speelt',
}
