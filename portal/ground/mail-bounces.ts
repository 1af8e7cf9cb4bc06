/** What a bounce says: RFC 3464 first, then what mail systems write where they do not keep to it. */

export interface Failure {
  kind: 'permanent' | 'temporary'
  /** Nobody tries any longer. */
  givenUp: boolean
  /** As the sender addressed it, where the report tells. */
  recipient: string | null
  /** Of RFC 3463, such as `5.1.1`. */
  code: string | null
}

const address = /[^\s<>()[\]@,;:"']{1,64}@[A-Za-z0-9][A-Za-z0-9.-]{0,250}[A-Za-z0-9]/

/** The groups of a delivery status (RFC 3464, 2.3), in whatever text they stand. What was delivered is no failure. */
export function readStatusGroups(text: string): Failure[] {
  const groups = text.replace(/\r\n?/g, '\n').split(/\n[ \t]*\n/)
  return groups.slice(0, 200).flatMap((group) => {
    const fields = fieldsOf(group)
    const final = fields.get('final-recipient')
    const action = /^[a-z]+/.exec((fields.get('action') ?? '').trim().toLowerCase())?.[0] ?? null
    if (final === undefined || (action !== 'failed' && action !== 'delayed')) return []
    const code = /\b([245])\.\d{1,3}\.\d{1,3}\b/.exec(fields.get('status') ?? '')?.[0] ?? null
    const recipient = addressIn(fields.get('original-recipient')) ?? addressIn(final)
    const lasting = action === 'failed' && isLasting(code, fields.get('diagnostic-code') ?? '')
    const kind = lasting ? 'permanent' : 'temporary'
    return [{ kind, givenUp: action === 'failed', recipient, code } as const]
  })
}

/**
 * A mail that was given up may still be one that could be sent again later: then its code begins with 4 (RFC 3463, 3.1).
 * `4.0.0` says nothing by itself; some write it where a name does not exist, which does not pass.
 */
function isLasting(code: string | null, diagnostic: string): boolean {
  if (code === null) return !/\b4\d\d[ -]/.test(diagnostic)
  if (code !== '4.0.0') return !code.startsWith('4')
  return !/(^|[\s;])4\d\d[ -]/.test(diagnostic) && lastingWords.test(diagnostic)
}

const lastingWords = /nxdomain|null mx|doesn't receive email|not found|does not exist|unknown (?:user|host|domain)/i

function fieldsOf(group: string): Map<string, string> {
  const fields = new Map<string, string>()
  let name = ''
  for (const line of group.split('\n').slice(0, 200)) {
    const field = /^([A-Za-z][A-Za-z-]{0,60}):(.*)$/.exec(line)
    if (field) {
      name = (field[1] ?? '').toLowerCase()
      if (!fields.has(name)) fields.set(name, (field[2] ?? '').trim())
    } else if (name && /^[ \t]/.test(line)) {
      fields.set(name, `${fields.get(name)} ${line.trim()}`)
    }
  }
  return fields
}

/** Where a system begins to quote what was returned: what stands below was not written by it. */
const returned =
  /^[ \t|>-]*(?:-{3,} *(?:this is a copy of|original message|below this line|unsent message|the following message)|message text follows|original message headers:|--- below this line)/im

/** What mail systems write in words: exim, qmail, Postfix, sendmail, Gmail, Exchange, and those that copy them. */
const wordings: readonly RegExp[] = [
  // exim, and sendmail's "had permanent fatal errors", "had delivery problems"
  /following address(?:\(es\)|es)? (?:failed|had [a-z ]+?)(?: -+)?:?\s+<?(?<to>\S+@[^\s<>:]+)/gi,
  // Gmail until 2016, Exchange, Domino and others
  /(?:delivery to|delivery has failed to|not reach|not (?:yet )?received|undeliverable to|message to) (?:the following|these) (?:recipients?|addresses)(?: or groups?)?(?: (?:failed permanently|has been delayed|failed|have not yet received your message))?[.:]*\s+<?(?<to>\S+@[^\s<>;]+)/gi,
  // Gmail since then
  /message (?:wasn't|was not) delivered to <?(?<to>\S+@[^\s<>]+?)>? because/gi,
  /problem delivering your message to <?(?<to>\S+@[^\s<>]+?)[.>]? /gi,
  /your message to <?(?<to>\S+@[^\s<>]+?)>? (?:couldn't|could not) be delivered/gi,
  // qmail and Postfix: the address, a colon, then why
  /^<(?<to>[^\s<>]+@[^\s<>]+)>(?: \(expanded from[^)]*\))?:/gim,
  /failed addresses follow: *-*\|?\s+<?(?<to>\S+@[^\s<>]+)/gi,
]

/** Failures told in words, and in the header that some systems add. Only for what a mail system wrote. */
export function readWordedFailures(text: string, named: readonly string[], subject: string): Failure[] {
  const cut = returned.exec(text)
  const said = (cut ? text.slice(0, cut.index) : text).slice(0, 20_000)
  const found = new Set(named.map((one) => one.toLowerCase()))
  if (found.size === 0) {
    for (const wording of wordings) {
      for (const match of said.matchAll(wording)) {
        const to = addressIn(match.groups?.['to'])
        if (to) found.add(to.toLowerCase())
      }
    }
  }
  const kind = isPassing(said, subject) ? 'temporary' : 'permanent'
  const givenUp = kind === 'permanent'
  const code = /\b([45])\.\d{1,3}\.\d{1,3}\b/.exec(said)?.[0] ?? null
  const fitting = code?.startsWith(kind === 'temporary' ? '4' : '5') ? code : null
  if (found.size === 0) return saysFailed.test(subject) ? [{ kind, givenUp, recipient: null, code: fitting }] : []
  return [...found].slice(0, 50).map((recipient) => ({ kind, givenUp, recipient, code: fitting }))
}

const saysFailed =
  /undeliver|returned? (?:mail|to sender)|returning (?:message|mail)|delivery (?:failure|failed|status|problem)|mail (?:failed|delivery)|failure notice|delay(?:ed)?|non ?remis|unzustellbar|onbestelbaar/i

function isPassing(said: string, subject: string): boolean {
  if (/\bdelay(?:ed)?\b|still being retried|warning: (?:message|could not)/i.test(subject)) return true
  if (/this is a permanent error|failed permanently|permanent (?:fatal )?error/i.test(said)) return false
  if (
    /warning (?:message )?only|do not need to resend|no need to resend|will (?:continue trying|be retried|keep trying|retry)/i.test(
      said,
    )
  )
    return true
  const reply = /(?:^|[\s:'"])([45])\d\d[ -](?:[45]\.\d{1,3}\.\d{1,3}\b|[#<A-Za-z])/m.exec(said)?.[1]
  return reply === '4'
}

export function addressIn(text: string | undefined): string | null {
  return address.exec(text ?? '')?.[0] ?? null
}
