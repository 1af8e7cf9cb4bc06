/** What the desk does about networks and unattributed items, and what a reseller is shown. */
export const routes = {
  'desk-network': 'Network',
  'desk-network-end': 'End a network',
  'desk-network-end-text':
    'From now on it is not counted as theirs, and later notices go where they would without it. What was sent before stays with them. Every contact is told, and reads your reason. Claimed again, it waits for you.',
  'desk-network-over': 'This network had ended before.',
  'desk-provider-known': 'known from the registry only: is written to',
  'desk-provider-named': 'as named above: is kept, and written to',
}
