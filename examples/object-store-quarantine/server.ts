// Sets objects of an S3-compatible store aside instead of deleting them, once a person has said so. It polls: nothing
// listens for the world.
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createReceiver } from '@noticeline/sdk'
import { openPolicy } from '@noticeline/sdk/policies'
import { startPolling } from '@noticeline/sdk/poll'
import { openRemoval } from '@noticeline/sdk/removal'
import { fileCases, fileStore, loadOrCreateKeys } from '@noticeline/sdk/stores'
import { openDesk } from './desk.ts'
import { steps } from './steps.ts'
import { hasLock } from './store.ts'

const { PORTAL = '', PORTAL_TOKEN = '', EVIDENCE = '', KEPT = './kept', LOOK_EVERY = '2000' } = process.env
if (!PORTAL || !PORTAL_TOKEN || !EVIDENCE) throw new Error('Fill in .env as .env.example says.')
if (!(await hasLock(EVIDENCE))) throw new Error('EVIDENCE names a bucket without object lock: make one that has it.')
mkdirSync(KEPT, { recursive: true, mode: 0o700 })

// Ids and codes, never an address: for your pager.
const onAlarm = (alarm: object) => console.error('needs a person:', JSON.stringify(alarm))
const keys = await loadOrCreateKeys(join(KEPT, 'keys.json'))
const cases = fileCases(join(KEPT, 'cases'))
const removal = await openRemoval({ steps, cases, between: Number(LOOK_EVERY), onAlarm })
const policy = await openPolicy({ keys, cases, reach: removal.reach, onAlarm })
const receiver = await createReceiver({
  issuer: PORTAL,
  keys,
  inbox: fileStore(join(KEPT, 'inbox')),
  on: policy.wrap(removal.on),
  onAlarm,
})
await policy.start(receiver)
const desk = openDesk(policy, join(KEPT, 'desk.sock'))
await once(desk, 'listening')
await startPolling(receiver, { token: PORTAL_TOKEN })
console.log('connected by polling')

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, async () => {
    desk.close()
    await receiver.stop()
    await policy.stop()
    await removal.stop()
    process.exit(0)
  })
}
