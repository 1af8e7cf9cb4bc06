import pg from 'pg'
import { openEmbedded } from '../ground/embedded.server.ts'

// A process that has the embedded database open until its standard input ends.
const embedded = await openEmbedded({ dataDir: process.argv[2] ?? '' })
const client = new pg.Client(embedded.connection)
client.on('error', () => {})
await client.connect()
process.stdout.write(`${JSON.stringify({ found: embedded.found, pid: embedded.pid })}\n`)
process.stdin.resume()
process.stdin.once('end', async () => {
  await client.end()
  await embedded.leave()
  process.exit(0)
})
