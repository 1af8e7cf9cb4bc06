// Started by a test: opens the store when it gets it, adds one to what stands there, closes it, and so on.
import { setTimeout as wait } from 'node:timers/promises'
import { sqlCases } from '@noticeline/sdk/stores'
import sqlite3 from 'node-sqlite3-wasm'
import { addOne } from './add-one.ts'
import { sqlite } from './sqlite.ts'

const [path = '', key = '', times = ''] = process.argv.slice(2)
const database = new sqlite3.Database(path)
const cases = sqlCases(sqlite(database), { key })
for (let time = 0; time < Number(times); time += 1) {
  await addOne(cases)
  await wait(5) // the other one's turn
}
database.close()
