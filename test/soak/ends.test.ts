import { describe } from 'vitest'
import { playTenth } from './tenth.ts'

describe.concurrent('what is cut short is finished', () => {
  playTenth('a first start that is killed is finished by the next', 'first-starts', 'embedded', 2)
  playTenth("a migration that is killed is made by the next start, on Debian's PostgreSQL", 'migrations', 'debian', 1)
  playTenth('a reaction that fails, is given up or was never queued is done in the end', 'reactions', 'embedded', 1)
  playTenth('what was exported comes back with the same figures and chains', 'export-destroy-import', 'embedded', 1)
  playTenth("a disk that runs full under load costs nothing, on Debian's PostgreSQL", 'full-disk', 'debian', 1)
})

describe('five first starts at once', () => {
  playTenth('migrate once and make one key', 'five-starts-at-once', 'embedded', 1)
})
