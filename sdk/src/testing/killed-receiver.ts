// Started by a test: a receiver on a folder, whose handler stops where it is told so that the process can be killed there.
import { appendFile, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileStore } from '../inbox/file.ts'
import { loadOrCreateKeys } from '../inbox/own-keys-file.ts'
import { createReceiver } from '../receiver/create-receiver.ts'
import { nodeHandler } from '../receiver/node-adapter.ts'
import { removed } from './with-receiver.ts'

const [folder = '', issuer = '', audience = '', hangs = 'never'] = process.argv.slice(2)
const effects = `${folder}/effects`
const say = (line: string) => process.stdout.write(`${line}\n`)

async function hang(where: string): Promise<void> {
  if (hangs !== where) return
  say(where)
  await new Promise(() => {})
}

const receiver = await createReceiver({
  issuer,
  audience,
  keys: await loadOrCreateKeys(`${folder}/keys.json`),
  inbox: fileStore(`${folder}/inbox`),
  on: {
    async 'notice.issued'(notice, { caseId, attempt }) {
      await appendFile(`${folder}/runs`, `${caseId} ${attempt}\n`)
      await hang('before')
      const done = await readFile(effects, 'utf8').catch(() => '')
      if (!done.includes(caseId)) await appendFile(effects, `${caseId}\n`)
      await hang('after')
      return notice.items.map(({ id }) => removed(id))
    },
    'notice.withdrawn': () => undefined,
  },
})
const server = createServer(nodeHandler(receiver)).listen(0, '127.0.0.1', () => {
  say(`listening ${(server.address() as AddressInfo).port}`)
})
