// Started by a test under a limit on the size of files: adds messages until the store refuses one, and says what it holds.
import { exampleMessage } from '../inbox/conformance-examples.ts'
import { fileStore } from '../inbox/file.ts'
import { Refusal } from '../refusals.ts'

const store = fileStore(process.argv[2] ?? '')
await store.open()
let taken = 0
let refused: string | null = null
while (refused === null && taken < 1000) {
  try {
    await store.add(exampleMessage({ jti: String(taken), raw: 'x'.repeat(2000) }), [])
    taken += 1
  } catch (error) {
    refused = Refusal.is(error) ? error.code : 'something else'
  }
}
const kept = (await store.messages('waiting')).length
await store.close()
process.stdout.write(JSON.stringify({ taken, refused, kept }))
