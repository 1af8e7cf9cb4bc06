// Started by a test: opens the store, adds three messages, says so, and goes on using it until it is killed.
import { sqlStore } from '@noticeline/sdk/stores'
import sqlite3 from 'node-sqlite3-wasm'
import { sqlite } from './sqlite.ts'

const [path = '', key = ''] = process.argv.slice(2)
const at = '2026-11-21T09:00:00.000Z'
const store = sqlStore(sqlite(new sqlite3.Database(path)), { key })
await store.open()
for (const jti of ['one', 'two', 'three']) {
  const id = `https://portal.example ${jti}`
  const about = { id, iss: 'https://portal.example', jti, txn: 'ntc_1', seq: 1, type: 'notice.issued', items: [] }
  const stored = { setSha256: 'x', raw: 'a.b.c', receivedAt: at, nextAt: at, attempts: 0, handled: [], note: null }
  await store.add({ ...about, ...stored, state: 'waiting' }, [])
}
process.stdout.write('3 are in\n')
setInterval(() => {}, 1000)
