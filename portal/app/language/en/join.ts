/** How a company comes in: joining, claiming, the terms, and what is left to do. */
export const join = {
  'nav-joining': 'Getting started',
  'nav-company': 'Company',
  'front-join': 'Register your company',

  'join-title': 'Register your company',
  'join-lede':
    'Two steps, and you can be reached: the mailbox answers, and the network is found. Everything else is there when you want it.',
  'join-why-1': 'We mail a link to your role mailbox. Whoever can read it can go on; nobody else can.',
  'join-why-2': 'We ask the registry of addresses whose network it is. The mailbox it names is the proof.',
  'join-why-3': 'Our desk has a look, or, where the registry’s own mailbox has answered, a set time passes.',
  'join-company': 'Name of the company',
  'join-country': 'Country',
  'join-country-hint': 'Two letters, such as NL.',
  'join-email': 'Mailbox for notices',
  'join-email-hint': 'A role mailbox that several people read, best of all the one your registry shows for abuse.',
  'join-person': 'Your name',
  'join-send': 'Mail the link',
  'join-sent': 'A link is on its way to that mailbox.',
  'join-sent-hint':
    'It works once, for 24 hours. Nothing there after a few minutes? Look in the spam folder. We mail at most three links an hour to one mailbox.',
  'join-mailbox': 'Demo: open the mailbox to find the link',
  'join-already': 'Already registered?',

  'claim-title': 'Claim this company',
  'claim-lede':
    'We know {company} from the registry of addresses, and nobody acts for it here yet. Claim it, and you decide who is written to, and how.',
  'claim-lede-owned':
    '{company} has people of its own here. A claim goes to them and to our desk, and changes nothing by itself.',
  'claim-why':
    'The link goes to the mailbox to which this notice was mailed, whoever asks for it here. So a mail that was passed on to a customer claims nothing.',
  'claim-send': 'Mail the link to that mailbox',
  'claim-sent': 'A link is on its way to the mailbox to which the notice was mailed.',
  'claim-unknown': 'This is not a link of ours, or part of it is missing.',
  'claim-expired': 'This link has expired. A newer mail has a newer link.',
  'claim-revoked': 'This link no longer works. A newer mail may have another.',
  'claim-instead': 'Register by your own mailbox instead',

  'joining-title-join': 'Register {organisation}',
  'joining-title-claim': 'Claim {organisation}',
  'joining-title-invitation': 'Act for {organisation}',
  'joining-title-none': 'A link to come in',
  'joining-lede':
    'You came by a link that was mailed to {email}. Opening it did nothing. With the button below you become an owner of {organisation} here.',
  'joining-contested':
    '{organisation} has people of its own here. If you go on, they and our desk are told that you claim it from {email}. Nothing else happens.',
  'joining-contest-now': 'Tell them',
  'joining-contested-done': 'Its owners and our desk have been told. Nothing has changed; you hear from one of them.',
  'joining-member': 'This mailbox belongs to somebody of the company already. There is nothing to join: just sign in.',
  'joining-terms': 'What taking part means',
  'joining-version': 'Version {version}',
  'joining-accept': 'I accept these terms for {organisation}.',
  'joining-accept-missing': 'Without your acceptance of the terms nothing can begin.',
  'joining-now': 'Accept and go on',
  'joining-until': 'Works until',
  'joining-unknown': 'This is not a link of ours, or part of it is missing.',
  'joining-expired': 'This link has expired.',
  'joining-consumed': 'This link has been used. Each works once.',
  'joining-again': 'Ask for a new link',

  'terms-provider-1':
    'Noticeline brings you notices of hotlines and authorities about material on your servers: by mail, by your endpoint, or by polling. You are asked to look, to act within the time of the notice, and to say what you did.',
  'terms-provider-2':
    'Taking part is no admission. A receipt says that you hold a notice, and a report says what you did; neither says that you are liable, or that the notifier is right. You may refuse, with a reason, and contest.',
  'terms-provider-3':
    'It costs nothing and pays nothing. You may leave at any time; what is open then is sent to you by mail, as to every company that does not take part.',
  'terms-provider-4':
    'You keep your contacts, networks and keys true, answer from them when asked twice a year, and do not pass addresses on to anybody who does not need them to act.',
  'terms-provider-5':
    'We keep what happened, with its times, as evidence that nobody can rewrite, us included. Addresses of items are sealed and erased after their time; figures hold none.',
  'terms-provider-6':
    'We may suspend an organisation that endangers the line, and say why. Consent to be served orders here is asked separately, regime by regime, and is never part of these terms.',
  'terms-notifier-1':
    'You send notices in good faith, after an assessment by somebody trained for it, about what is unlawful on the ground you name. You never send material, and nothing about the member of the public who reported.',
  'terms-notifier-2':
    'A notice says where, never more than is needed. You withdraw it as soon as you know that it was wrong; everybody who got it is told.',
  'terms-notifier-3': 'It costs nothing and pays nothing. You may leave at any time; what you sent stays as it is.',
  'terms-notifier-4':
    'You see how your own notices fare, and no other notifier’s. You publish nothing about a company from here by which it could be ranked.',
  'terms-notifier-5':
    'We keep what happened, with its times, as evidence that nobody can rewrite, us included. Addresses of items are sealed and erased after their time.',
  'terms-notifier-6':
    'Authorities sign in with a second factor. Orders are served only on those who said that they can be reached this way, and only once that part of the line is open.',

  'start-title': 'Getting started',
  'start-lede': 'What is done and what is left. Only the first two are needed; each says what it is good for.',
  'start-done': 'Done',
  'start-left': 'Left to do',
  'start-wanted': 'When you want it',
  'start-waits': 'Waits',
  'start-mailbox': 'The mailbox answers',
  'start-mailbox-why': 'Somebody pressed a link that was mailed to it, so notices can be mailed there.',
  'start-network': 'The network is found',
  'start-network-why':
    'Only the holder of a network is asked about what stands in it. Type any address of yours, or your AS number: we ask the registry, and its abuse mailbox is the proof.',
  'start-network-count': '{count, plural, =0 {none yet} one {one claimed} other {# claimed}}',
  'start-network-field': 'An address in your network, or your AS number',
  'start-network-hint': 'Such as 192.0.2.1, 2001:db8::1 or AS64500. An address of the network, not of any item.',
  'start-network-find': 'Find it',
  'start-network-invalid': 'This is neither an IP address nor an AS number.',
  'start-network-none': 'No registry knows it.',
  'start-network-failed': 'The registry did not answer just now. Try again in a few minutes.',
  'start-network-other':
    'The registry names another mailbox for it than those of yours that have answered. Add that mailbox to your contacts, or prove the network in another way under Networks.',
  'start-network-found': 'Found and claimed by your mailbox: {count, plural, one {one range} other {# ranges}}.',
  'start-network-waits': 'Somebody has to look at this one. What it waits for stands under Networks.',
  'start-networks-page': 'Networks',
  'start-company': 'Who you are',
  'start-company-why': 'The legal entity and its registry number, so that the desk knows whom it admits.',
  'start-company-open': 'To the company page',
  'start-people': 'Colleagues',
  'start-people-why': 'A second person, so that a notice does not wait for one who is away.',
  'start-people-count': '{count, plural, one {one person} other {# people}}',
  'start-people-open': 'Invite somebody',
  'start-contacts': 'A second contact',
  'start-contacts-why': 'Where to write when the first mailbox is silent or returns mail, with hours and languages.',
  'start-contacts-count': '{count, plural, one {one has answered} other {# have answered}}',
  'start-contacts-open': 'To the contacts',
  'start-channel': 'A channel for programs',
  'start-channel-why': 'An endpoint or a poll stream takes notices in at once, signed. Without one they come by mail.',
  'start-channel-mail': 'by mail',
  'start-channel-push': 'by endpoint',
  'start-channel-poll': 'by polling',
  'start-channel-open': 'To the endpoints',
  'start-rehearsal': 'A rehearsal',
  'start-rehearsal-why': 'A test notice through the whole path, with a report card in words.',
  'start-rehearsal-open': 'Rehearse',
  'start-admission': 'Admission',
  'start-admission-waiting':
    'Waits for our desk. Until then you see what a mailed link shows, may set everything up, and notices come by mail only.',
  'start-admission-auto':
    'Where the registry’s own mailbox has answered, it comes by itself after {days, plural, one {one day} other {# days}}.',
  'start-admission-refused': 'Refused by our desk.',
  'start-admission-admitted': 'Admitted since',
  'start-admission-reason': 'Reason',
  'start-admission-again': 'Ask again',
  'start-admission-asked': 'Asked again. Our desk looks at it.',
  'start-not-admitted-banner':
    'Your company is not admitted yet. Notices reach you by mail; addresses are shown on the page behind the mailed link.',
}
