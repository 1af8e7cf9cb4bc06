/** How the line itself is doing: for the platform’s desk. */
export const watching = {
  'watch-title': 'How delivery is doing',
  'watch-fine': 'Nothing is late: what is due goes out, and every notice has more than a quarter of its time left.',
  'watch-waiting': 'Waiting to be delivered',
  'watch-waiting-count': '{count, plural, =0 {nothing} one {# delivery} other {# deliveries}}',
  'watch-oldest': 'Oldest that is due',
  'watch-oldest-none': 'none is due',
  'watch-failing': 'Oldest at a receiver that fails',
  'watch-owed': 'Oldest that must still follow from something',
  'watch-none': 'none',
  'watch-risk': 'Less than a quarter of the time left',
  'watch-risk-count': '{count, plural, =0 {none} one {# notice} other {# notices}} that did not arrive',
  'watch-overdue': 'Time is over',
  'watch-late-title': 'Call these first',
  'watch-late-caption': 'Notices that did not arrive, the nearest deadline first',
  'watch-late-why': 'Last answer',
  'watch-late-untried': 'not tried yet',
  'watch-slow-own':
    'Work has waited for {length} although nothing stands in its way. See that a worker runs and keeps up.',

  'failure.poll.invalid_request': 'Refused when fetched: it could not read the token, or does not know what is in it',
  'failure.poll.invalid_key': 'Refused when fetched: it does not know our key, or cannot unseal with its own',
  'failure.poll.invalid_issuer': 'Refused when fetched: it expects another issuer',
  'failure.poll.invalid_audience': 'Refused when fetched: it expects another audience',
  'failure.poll.authentication_failed': 'Refused when fetched: it could not tell that it is us',
  'failure.poll.access_denied': 'Refused when fetched: it does not let us send to it',
  'failure.poll.refused': 'Refused when fetched, with a code that the protocol does not know',

  'endpoint-state-reason': 'Given as the reason',
  'fact.stream.told': 'The receiver was told what its stream is now',
}
