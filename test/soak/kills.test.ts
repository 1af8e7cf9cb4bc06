import { describe } from 'vitest'
import { playTenth } from './tenth.ts'

// Side by side: what one waits for (a lease, a retry), another works in.
describe.concurrent('nothing that was acknowledged is lost, and nothing happens twice', () => {
  playTenth('killed at the moments that matter most, on the embedded database', 'precise-moments', 'embedded', 1)
  playTenth('killed at random moments, on the embedded database', 'random-moments', 'embedded', 6)
  playTenth("killed at random moments, the worker apart, on Debian's PostgreSQL", 'random-moments', 'debian', 6)
})
