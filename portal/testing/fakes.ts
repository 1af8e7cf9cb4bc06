import { contains, readAddress, readPrefix } from '../attribution/address.ts'
import type {
  Log,
  LogFields,
  Lookups,
  Mail,
  Outbound,
  OutboundAnswer,
  OutboundPost,
  OutgoingMail,
  RegistryAnswer,
  RegistryQuestion,
  Routing,
  TextsAnswer,
} from '../ground/ground.ts'

/** Everything that was sent out, in order. */
export interface OutboundCall {
  readonly method: 'post' | 'head' | 'connect'
  readonly url: string
  readonly message: OutboundPost | null
}

/** A number is answered as that status with an empty body. */
export type ScriptedAnswer =
  | number
  | Partial<Extract<OutboundAnswer, { result: 'answered' }>>
  | Extract<OutboundAnswer, { result: 'failed' }>

/** The outside world, as far as a test says what it does. What nobody scripted is unreachable. */
export interface FakeOutbound extends Outbound {
  readonly calls: OutboundCall[]
  /** The newest script that fits an address counts. A function is asked at every call. */
  answer(
    url: string | RegExp,
    answer: ScriptedAnswer | ((call: OutboundCall) => ScriptedAnswer | Promise<ScriptedAnswer>),
  ): void
}

export function createFakeOutbound(refuses: Outbound['refuses'] = () => null): FakeOutbound {
  const calls: OutboundCall[] = []
  const scripts: { url: string | RegExp; answer: Parameters<FakeOutbound['answer']>[1] }[] = []
  async function call(made: OutboundCall): Promise<OutboundAnswer> {
    calls.push(made)
    const script = scripts.find(({ url }) => (typeof url === 'string' ? url === made.url : url.test(made.url)))
    if (!script) return failed('unreachable')
    return spelledOut(typeof script.answer === 'function' ? await script.answer(made) : script.answer)
  }
  return {
    calls,
    answer: (url, answer) => void scripts.unshift({ url, answer }),
    post: (url, message) => call({ method: 'post', url, message }),
    head: (url) => call({ method: 'head', url, message: null }),
    connect: (url) => call({ method: 'connect', url, message: null }),
    refuses,
  }
}

type Failure = Extract<OutboundAnswer, { result: 'failed' }>

/** What a call that came to nothing says. */
export function failed(code: Failure['code'], address: string | null = null): Failure {
  return { result: 'failed', code, detail: `scripted: ${code}`, address, ms: 1 }
}

function spelledOut(answer: ScriptedAnswer): OutboundAnswer {
  if (typeof answer !== 'number' && answer.result === 'failed') return answer
  const given = typeof answer === 'number' ? { status: answer } : answer
  return {
    status: 200,
    headers: {},
    body: '',
    truncated: false,
    address: '192.0.2.1',
    peer: null,
    ms: 1,
    ...given,
    result: 'answered',
  }
}

export interface FakeLookups extends Lookups {
  /** No addresses: the name does not exist. */
  answer(host: string, addresses: readonly string[] | 'failed'): void
  answerKeys(url: string, keys: JsonWebKey[] | 'failed'): void
  /**
   * What the registry says about an address, a CIDR or an autonomous system (`203.0.113.80`, `203.0.113.0/24`, `AS64500`),
   * from now on. What is left out of an object is filled in; what nobody scripted is `none`.
   */
  answerRegistry(about: string, answer: ScriptedRegistry): void
  /** What the registry was asked, in order. */
  readonly registryCalls: string[]
  /** By each of these resolvers in turn; one list alone is what two of them say. */
  answerTexts(name: string, ...said: (readonly string[] | 'failed')[]): void
  answerFile(domain: string, text: string | 'failed'): void
}

type FoundInRegistry = Extract<RegistryAnswer, { result: 'found' }>
export type ScriptedRegistry =
  | 'none'
  | Extract<RegistryAnswer, { result: 'failed' }>['code']
  | Extract<RegistryAnswer, { result: 'failed' }>
  | Partial<Omit<FoundInRegistry, 'result'>>

export function createFakeLookups(): FakeLookups {
  const hosts = new Map<string, readonly string[] | 'failed'>()
  const sets = new Map<string, JsonWebKey[] | 'failed'>()
  const registry = new Map<string, ScriptedRegistry>()
  const registryCalls: string[] = []
  const texts = new Map<string, (readonly string[] | 'failed')[]>()
  const files = new Map<string, string>()
  return {
    registryCalls,
    answerRegistry: (about, answer) => void registry.set(about, answer),
    async registry(question) {
      const about = aboutOf(question)
      registryCalls.push(about)
      return registryAnswer(about, registry.get(about) ?? 'none')
    },
    answer: (host, addresses) => void hosts.set(host, addresses),
    answerKeys: (url, keys) => void sets.set(url, keys),
    answerTexts: (name, ...said) => void texts.set(name, said),
    answerFile: (domain, text) => void files.set(domain, text),
    async texts(name) {
      const said = texts.get(name) ?? [[]]
      const [only = []] = said
      return (said.length === 1 ? [only, only] : said).map((records, index): TextsAnswer => {
        const resolver = `192.0.2.${53 + index}`
        if (records === 'failed') return { resolver, result: 'failed', detail: 'scripted' }
        return records.length > 0 ? { resolver, result: 'found', texts: [...records] } : { resolver, result: 'none' }
      })
    },
    async proofFile(domain) {
      const text = files.get(domain)
      if (text === undefined) return { result: 'none' }
      return text === 'failed' ? { result: 'failed', detail: 'scripted' } : { result: 'found', text }
    },
    async resolve(host) {
      const literal = host.replace(/^\[|\]$/g, '')
      const found = /^[\d.]+$|:/.test(literal) ? [literal] : hosts.get(host)
      if (found === 'failed') return { result: 'failed', detail: 'scripted' }
      return found && found.length > 0 ? { result: 'found', addresses: [...found] } : { result: 'none' }
    },
    async keySet(url) {
      const keys = sets.get(url)
      return keys && keys !== 'failed' ? { result: 'found', keys } : { result: 'failed', detail: 'scripted' }
    },
  }
}

function aboutOf(question: RegistryQuestion): string {
  if ('asn' in question) return `AS${question.asn}`
  return 'ip' in question ? question.ip : question.range
}

function registryAnswer(about: string, scripted: ScriptedRegistry): RegistryAnswer {
  if (scripted === 'none') return { result: 'none' }
  if (typeof scripted === 'string') {
    return { result: 'failed', code: scripted, detail: `scripted: ${scripted}`, retryAfterMs: null }
  }
  if ('result' in scripted) return scripted
  return {
    result: 'found',
    handle: about,
    name: null,
    type: null,
    country: null,
    ranges: [],
    asn: null,
    holder: null,
    abuse: [],
    remarks: [],
    registry: 'rdap.registry.example',
    block: null,
    raw: JSON.stringify({ handle: about }),
    ...scripted,
  }
}

export interface FakeRouting extends Routing {
  /** From now on this network announces this range. The narrowest range counts. */
  announce(cidr: string, asn: number, name: string): void
}

export function createFakeRouting(): FakeRouting {
  const announced: { cidr: string; asn: number; name: string }[] = []
  return {
    announce: (cidr, asn, name) => void announced.push({ cidr, asn, name }),
    holderOf(ip) {
      const address = readAddress(ip)
      const fitting = announced.flatMap((one) => {
        const prefix = readPrefix(one.cidr)
        return address && prefix && contains(prefix, address) ? [{ one, length: prefix.length }] : []
      })
      return fitting.sort((left, right) => right.length - left.length)[0]?.one ?? null
    },
    asnRanges: (asn) => announced.filter((one) => one.asn === asn).map((one) => one.cidr),
    get loadedAt() {
      return announced.length > 0 ? new Date('2026-11-01T00:00:00.000Z') : null
    },
    get size() {
      return announced.length
    },
  }
}

export function createCaughtMail(): { mail: Pick<Mail, 'send'>; caught: OutgoingMail[] } {
  const caught: OutgoingMail[] = []
  const mail: Pick<Mail, 'send'> = {
    async send(one) {
      if (!caught.some(({ id }) => id === one.id)) caught.push(one)
    },
  }
  return { mail, caught }
}

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error'
  readonly event: string
  readonly fields: LogFields
}

export function createCaughtLog(): { log: Log; caught: LogLine[] } {
  const caught: LogLine[] = []
  const write =
    (level: LogLine['level']) =>
    (event: string, fields: LogFields = {}) =>
      void caught.push({ level, event, fields })
  return { log: { info: write('info'), warn: write('warn'), error: write('error') }, caught }
}
