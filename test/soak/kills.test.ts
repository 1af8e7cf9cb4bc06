import { describe } from 'vitest'
import { playTenth } from './tenth.ts'

// Side by side, the longest first: what one waits for (a lease, a retry), another works in.
describe.concurrent('nothing that was acknowledged is lost, and nothing happens twice', () => {
  playTenth("twenty endpoints that misbehave hold up nobody, on Debian's PostgreSQL", 'faulty-endpoints', 'debian', 20)
  playTenth(
    'twenty endpoints that misbehave hold up nobody, on the embedded database',
    'faulty-endpoints',
    'embedded',
    20,
  )
  playTenth(
    'receivers that were gone for 7 and for 120 days get everything, by deadline',
    'receiver-gone',
    'debian',
    10,
  )
  playTenth('killed at the moments that matter most, on the embedded database', 'precise-moments', 'embedded', 1)
  playTenth('killed at random moments, on the embedded database', 'random-moments', 'embedded', 5)
  playTenth("killed at random moments, the worker apart, on Debian's PostgreSQL", 'random-moments', 'debian', 5)
  playTenth("a disk that runs full under load costs nothing, on Debian's PostgreSQL", 'full-disk', 'debian', 1)
  playTenth('a reaction that fails, is given up or was never queued is done in the end', 'reactions', 'embedded', 1)
  playTenth('a reaction that fails for long is done by itself when the cause is gone', 'hour-of-failure', 'embedded', 1)
  playTenth("clocks that are turned a year or set apart lose nothing, on Debian's PostgreSQL", 'clocks', 'debian', 1)
  playTenth('a receiver on the file store, killed sixty times', 'receiver-killed', 'file', 3)
  playTenth('a receiver on PostgreSQL, killed twenty times', 'receiver-killed', 'postgresql', 1)
  playTenth('the agent, killed twenty times', 'agent-killed', 'file', 1)
  playTenth('what was exported comes back with the same figures and chains', 'export-destroy-import', 'embedded', 1)
  playTenth('a first start that is killed is finished by the next', 'first-starts', 'embedded', 2)
  playTenth("a migration that is killed is made by the next start, on Debian's PostgreSQL", 'migrations', 'debian', 1)
  playTenth('five first starts at once migrate once and make one key', 'five-starts-at-once', 'embedded', 1)
})
