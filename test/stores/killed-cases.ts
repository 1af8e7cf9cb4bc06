// Started by a test: writes three decisions, one after another, and ends itself in the last one, before its commit or
// between the commit and its answer.
import { type SqlAdapter, sqlCases } from '@noticeline/sdk/stores'
import sqlite3 from 'node-sqlite3-wasm'
import { sqlite } from './sqlite.ts'

const [path = '', key = '', moment = ''] = process.argv.slice(2)
const adapter = sqlite(new sqlite3.Database(path))
let last = false
const die = () => process.kill(process.pid, 'SIGKILL')
const struck: SqlAdapter = {
  query: adapter.query,
  async transaction(work) {
    const done = await adapter.transaction(async (query) => {
      const answer = await work(query)
      if (last && moment === 'before its commit') die()
      return answer
    })
    if (last) die()
    return done
  },
}
const cases = sqlCases(struck, { key })
await cases.open()
for (const name of ['one', 'two', 'three']) {
  last = name === 'three'
  await cases.write({ [`decision ${name}`]: 'signed', last: name })
}
