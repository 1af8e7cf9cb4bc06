/** What the desk does about networks and unattributed items, and what a reseller is shown. */
export const routes = {
  'desk-network': 'Network',
  'desk-network-end': 'End a network',
  'desk-network-end-text':
    'From now on it is not counted as theirs, and later notices go where they would without it. What was sent before stays with them. Every contact is told, and reads your reason. Claimed again, it waits for you.',
  'desk-network-reason-hint': 'One or two sentences. Whoever held it reads them, so they hold no address.',
  'desk-network-over': 'This network had ended before.',
  'desk-provider-known': 'known from the registry only: is written to',
  'desk-provider-named': 'as named above: is kept, and written to',
  'delegated-title': 'Handed on to you',
  'delegated-lede':
    'What happens at your customers in networks of others, as far as each holder lets you see. Notices go to the holder, who stays accountable; agree with it how you act.',
  'delegated-none': 'Nothing is handed on to you',
  'delegated-none-hint':
    'A company whose customers in a part of its network are yours can hand that part on to you, until a date.',
  'delegated-open': 'Open',
  'delegated-ended': 'Ended',
  'delegated-caption': 'Items in {part}',
  'delegated-see': 'See what happens there',
}
