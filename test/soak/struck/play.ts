/** Rounds of twenty kills under two hundred events each. */
import { setTimeout as wait } from 'node:timers/promises'
import { type Chance, chanceOf } from '../../running/random.ts'
import type { Asked, Result } from '../parts.ts'
import { audit, auditPlace } from './audit.ts'
import { type Company, openAgentCompany, openCompany, type Told } from './company.ts'
import type { Life } from './program.ts'
import type { StoreName } from './stores.ts'
import { type Moment, networkMoments, pollMoments, sqlMoments, storeMoments } from './strike.ts'

const killsARound = 20
/** So often, what is done is older than it is remembered, and the file store writes its file anew. */
const roundsRemembered = 5
const eventsAKill = 10
const compaction = ['next-torn', 'next-written', 'next-in-place'] as const
const fileOnly = ['line-torn', 'line-unsynced', 'lock-unlinked', 'lock-linked', 'lock-swept'] as const

export async function killReceiver(asked: Asked<StoreName>): Promise<Result> {
  const chance = chanceOf(asked.seed)
  return killed('receiver-killed', asked, chance, await openCompany(asked.database, chance))
}

export async function killAgent(asked: Asked<'file'>): Promise<Result> {
  const chance = chanceOf(asked.seed)
  return killed('agent-killed', asked, chance, await openAgentCompany(chance))
}

async function killed(part: string, asked: Asked<StoreName>, chance: Chance, company: Company): Promise<Result> {
  const { database: store, rounds, tell } = asked
  const began = performance.now()
  const play = new Play(company, chance)
  try {
    const problems: string[] = []
    let told: Told | null = null
    for (let round = 0; round < rounds; round += 1) {
      const forgets = round > 0 && round % roundsRemembered === 0
      if (forgets) company.forward(91 * 86_400_000)
      await company.stream.sign(killsARound * eventsAKill)
      company.stream.way = company.ways[round % company.ways.length] ?? 'push'
      company.stream.start()
      await play.kill(killsARound, forgets && store === 'file' ? compaction : [])
      told = await play.settle()
      problems.push(...auditPlace(company))
      tell(`${play.kills} kills, ${company.stream.acknowledged.size} events, ${company.effects.effects.length} effects`)
    }
    tell([...play.struck].map(([moment, times]) => `${moment} ${times}`).join(', '))
    tell(`asked of the panel ${company.effects.asked} times, pushed ${company.stream.pushes} times`)
    const found = audit(company, told as Told)
    return {
      part,
      database: store,
      strokes: play.kills,
      notices: company.stream.tokens,
      losses: found.losses,
      doubles: found.doubles,
      chains: 0,
      problems: [...problems, ...play.problems, ...found.problems],
      seconds: Math.round((performance.now() - began) / 100) / 10,
    }
  } finally {
    await play.end()
    await company.close()
  }
}

class Play {
  kills = 0
  readonly problems: string[] = []
  /** Where it was struck, and how often. */
  readonly struck = new Map<string, number>()
  readonly #company: Company
  readonly #chance: Chance
  #life: Life | null = null
  /** How long its last start took, on whatever machine this is. */
  #startMs = 150

  constructor(company: Company, chance: Chance) {
    this.#company = company
    this.#chance = chance
  }

  /** So often, and first at what was planned. */
  async kill(times: number, planned: readonly Moment[]): Promise<void> {
    const until = this.kills + times
    for (const moment of planned) {
      for (let tries = 0; tries < 5; tries += 1) if (await this.#lead(moment, 1)) break
    }
    while (this.kills < until) {
      const moment = this.#chance.next() < 0.5 ? this.#chance.pick(this.#moments()) : null
      await this.#lead(moment, moment?.startsWith('lock') ? 1 : this.#chance.between(1, 5))
    }
  }

  #moments(): readonly Moment[] {
    const { place, stream } = this.#company
    const ofStore = place.store === 'file' ? fileOnly : sqlMoments
    const own = this.#company.ownStore ? storeMoments : []
    return [...own, ...networkMoments, ...ofStore, ...(stream.way === 'push' ? [] : pollMoments)]
  }

  /** One life and its end. Whether that came at the moment named, the so-manieth time it was reached. */
  async #lead(moment: Moment | null, times: number): Promise<boolean> {
    this.#company.stream.allowed += eventsAKill
    const early = this.#life
    const life = early ?? this.#launch(moment === null ? '' : `${moment}*${times}`)
    this.#life = null
    const struck = (await this.#waitFor(life, early === null ? moment : null)) && early === null && moment !== null
    // Whoever watches over it may be quick: the next one is there while the last one dies.
    if (this.#company.place.contested && this.#chance.next() < 0.05) {
      this.#life = this.#launch()
      await wait(this.#chance.between(0, 120))
    }
    const end = await life.kill()
    if (end === 'killed') {
      this.kills += 1
      const where = struck ? moment : 'anywhere'
      this.struck.set(where, (this.struck.get(where) ?? 0) + 1)
    }
    this.#note(life, end)
    return struck && end === 'killed'
  }

  #launch(moment = ''): Life {
    // What died in the middle of its work is tried later every time; nobody waits for that here.
    this.#company.forward(3000)
    const life = this.#company.launch(moment)
    const began = performance.now()
    void life.ready.then((ready) => {
      if (!ready) return
      this.#company.stream.listening = true
      this.#startMs = performance.now() - began
    })
    return life
  }

  /** Until it has struck itself, or for a time of no meaning. */
  async #waitFor(life: Life, moment: Moment | null): Promise<boolean> {
    const over = life.ended.then(() => true)
    if (moment !== null) return Promise.race([over, wait(500 + this.#startMs * 4, false)])
    if (this.#chance.next() < 0.3) return Promise.race([over, wait(this.#chance.next() * this.#startMs * 1.2, false)])
    await life.ready
    return Promise.race([over, wait(this.#chance.next() * this.#startMs, false)])
  }

  #note(life: Life, end: string): void {
    if (end === 'crashed') this.problems.push(`crashed: ${life.printed.slice(-600)}`)
    for (const line of life.printed.split('\n')) if (/^alarm /i.test(line)) this.problems.push(line)
  }

  /** Lives until nothing is left to do. */
  async settle(): Promise<Told> {
    const { stream } = this.#company
    stream.allowed = Number.POSITIVE_INFINITY
    const end = performance.now() + 300_000
    let told: Told | null = null
    let looks = 0
    while (performance.now() < end) {
      this.#life ??= this.#launch()
      if (!(await this.#life.ready)) {
        this.#note(this.#life, await this.#life.ended)
        this.#life = null
        continue
      }
      told = await this.#company.ask()
      if (stream.done && told?.messages['waiting'] === 0 && told.reports['waiting'] === 0) break
      this.#company.said.readOn()
      await wait(50)
      looks += 1
      if (looks % 60 !== 0) continue
      await this.end()
      this.#company.forward(600_000)
    }
    await stream.stop()
    stream.allowed = 0
    if (told === null) throw new Error('It does not come to rest.')
    await this.end()
    return told
  }

  async end(): Promise<void> {
    const life = this.#life
    this.#life = null
    if (life === null) return
    this.#note(life, await life.kill())
  }
}
