import type { World } from './world.ts'

/**
 * Another key signs every so often while notices travel, at once instead of a day after it was published, so that the
 * receiver's set is always stale. What it refuses meanwhile has to arrive after all: the audit counts it.
 */
export async function rotateUnderLoad(
  world: World,
  { times, everyMs, tell }: { times: number; everyMs: number; tell: (line: string) => void },
): Promise<string[]> {
  const kids = new Set<string>()
  for (let round = 0; round < times; round += 1) {
    const began = performance.now()
    const kid = await world.inGround(async ({ ground }) => {
      await ground.keys.rotate()
      const now = ground.clock.now()
      await ground.db.read.updateTable('signingKeys').set({ activeFrom: now }).where('activeFrom', '>', now).execute()
      await ground.keys.keepFresh()
      return (await ground.keys.current()).kid
    })
    kids.add(kid)
    tell('rotated')
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, everyMs - (performance.now() - began))))
  }
  return kids.size === times ? [] : [`${times} rotations made ${kids.size} keys`]
}
