import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { record } from '../facts/record.ts'
import { buildGround } from './build-ground.server.ts'
import { type Config, readConfig } from './config.server.ts'
import { destroyEmbedded } from './embedded.server.ts'

// Every test starts servers with real writes to the disk.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })
let dataDir: string
let config: Config
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'noticeline-ground-'))
  await chmod(dataDir, 0o755)
  config = readConfig({ NOTICELINE_MODE: 'test', NOTICELINE_DATA_DIR: dataDir }, { dataDirDefault: dataDir })
})
afterEach(async () => {
  await destroyEmbedded(dataDir)
  await rm(dataDir, { recursive: true, force: true })
})

const reactionsTo = (kind: string) => (kind === 'key.published' ? ['tell'] : [])
const project = async () => {}

test('a fact recorded by one process is reacted to by another, at once and once', async () => {
  const [face, worker] = await Promise.all([
    buildGround(config, { reactionsTo, project, working: false }),
    buildGround(config, { reactionsTo, project, working: true }),
  ])
  const seen: unknown[] = []
  await worker.queue.work('reaction.tell', async (data) => void seen.push(data))
  await wait(200)
  const began = performance.now()
  const fact = await face.ground.db.transaction((tx) => record(tx, 'portal', 'key.published', { kid: 'first' }))
  while (seen.length === 0 && performance.now() - began < 10_000) await wait(5)
  expect(performance.now() - began).toBeLessThan(6000)
  expect(seen).toEqual([{ factId: fact.id }])
  await worker.close()
  const done = await face.ground.db.read.selectFrom('reactions').select(['factId', 'reaction', 'doneAt']).execute()
  expect(done).toEqual([{ factId: fact.id, reaction: 'tell', doneAt: expect.any(Date) }])
  await face.close()
})

test('the keys are the same after a restart, and every change of them is told', async () => {
  const changes: string[] = []
  const keyChanged = async (_tx: unknown, change: string) => void changes.push(change)
  const first = await buildGround(config, { reactionsTo, project, keyChanged, working: false })
  const { kid } = await first.ground.keys.current()
  await first.close()
  const second = await buildGround(config, { reactionsTo, project, keyChanged, working: false })
  expect((await second.ground.keys.current()).kid).toBe(kid)
  await second.close()
  expect(changes).toContain('key.published')
})

test('a ground that cannot be laid leaves nothing running', async () => {
  const keyChanged = async () => {
    throw new Error('no')
  }
  await expect(buildGround(config, { reactionsTo, project, keyChanged, working: true })).rejects.toThrow('no')
  const again = await buildGround(config, { reactionsTo, project, working: false })
  await again.close()
})
