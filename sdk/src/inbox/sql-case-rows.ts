import type { SqlQuery } from './sql-adapter.ts'
import { SealedRows, type Shape, type StoreKeys } from './sql-sealed.ts'

/**
 * One record. Its name and its value are sealed. Names are words with blanks between them, and what is asked for begins
 * with some of them: so the database sees a digest of the first word, of the first two, and of the first three.
 */
interface CaseRow {
  readonly id: string
  /** Empty from the last word on: nothing stands below it. */
  readonly below: readonly [string, string, string]
}

const shape: Shape<CaseRow> = {
  columns: ['id', 'below_1', 'below_2', 'below_3'],
  values: ({ id, below }) => [id, ...below],
  rowOf: (found) => ({
    id: String(found['id']),
    below: [String(found['below_1']), String(found['below_2']), String(found['below_3'])],
  }),
  bound: ({ id, below }) => ['noticeline-sql 1 case', id, ...below].join(' '),
  called: ({ id }) => `id ${id.slice(0, 12)}`,
}

export class CaseRows {
  readonly #sealed: SealedRows<CaseRow>

  constructor(query: SqlQuery, table: string, keys: StoreKeys) {
    this.#sealed = new SealedRows(query, table, keys, shape)
  }

  async get(name: string): Promise<string | null> {
    const [found] = await this.#sealed.select('WHERE id = ? ORDER BY part', [this.#id(name)])
    return found === undefined ? null : recordIn(found)[1]
  }

  /** In the order of the names. */
  async list(prefix: string): Promise<(readonly [string, string])[]> {
    const words = prefix.split(' ').slice(0, -1)
    const count = Math.min(words.length, 3)
    const below = this.#below(words, count)
    const found = await (count === 0
      ? this.#sealed.select('ORDER BY id, part', [])
      : this.#sealed.select(`WHERE below_${count} = ? ORDER BY id, part`, [below]))
    return found
      .map(recordIn)
      .filter(([name]) => name.startsWith(prefix))
      .sort(([one], [other]) => (one < other ? -1 : 1))
  }

  async put(name: string, value: string): Promise<void> {
    await this.drop(name)
    const words = name.split(' ')
    const below = (count: number) => (count < words.length ? this.#below(words, count) : '')
    await this.#sealed.insert(
      { id: this.#id(name), below: [below(1), below(2), below(3)] },
      JSON.stringify([name, value]),
    )
  }

  drop(name: string): Promise<void> {
    return this.#sealed.drop('id = ?', [this.#id(name)])
  }

  /** Under a digest that no name has. */
  putProbe(): Promise<void> {
    return this.#sealed.insert({ id: this.#probe(), below: ['', '', ''] }, 'probe')
  }

  async hasProbe(): Promise<boolean> {
    return (await this.#sealed.select('WHERE id = ? ORDER BY part', [this.#probe()])).length > 0
  }

  dropProbe(): Promise<void> {
    return this.#sealed.drop('id = ?', [this.#probe()])
  }

  /** As JSON: half a pair of surrogates would not come through as bytes, and two names would be one. */
  #id(name: string): string {
    return this.#sealed.digest('name', JSON.stringify(name))
  }

  #below(words: readonly string[], count: number): string {
    return this.#sealed.digest('below', JSON.stringify(words.slice(0, count)))
  }

  #probe(): string {
    return this.#sealed.digest('probe', '')
  }
}

function recordIn({ text }: { readonly text: string }): readonly [string, string] {
  return JSON.parse(text) as [string, string]
}
