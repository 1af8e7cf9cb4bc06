/** How fast an endpoint is served. */
export const pace = {
  'pace-title': 'How fast we send',
  'pace-in-flight': 'Requests at once',
  'pace-in-flight-default': 'Two, or as many as your server’s own rate needs',
  'pace-in-flight-hint':
    'From 1 to 32. Left empty, two. After a failure it is one, until your server answers 202 again.',
  'pace-save': 'Save pace',
  'pace-allowed': 'Your server allows',
  'pace-allowed-none': 'It has not said (header WebHook-Allowed-Rate)',
  'pace-allowed-all': 'As many as there are',
  'pace-allowed-of': '{rate, plural, one {one request a minute} other {# requests a minute}}',
  'pace-rests': 'Rests',
  'pace-rests-not': 'No',
  'pace-rests-until': 'until',
  'pace-failing-hint':
    'It did not answer 202 the last time. After five failures that say nobody is there, we leave it alone for half a minute, then longer, never more than five minutes at a time. As soon as one gets through, all that waited is sent, oldest deadline first.',
  'complaint.not_in_range': 'write a whole number from 1 to 32, or leave it empty.',
  'complaint.poll_only': 'nothing is pushed to a poll stream; leave this out.',
}
