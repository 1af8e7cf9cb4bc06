import { readdir, readFile } from 'node:fs/promises'

/** By this member of the environment a command, and whatever it starts, is known as ours. */
export const runMark = 'NOTICELINE_RUN'

/**
 * Ends commands that an agent on the same folder left behind when it was killed: two runs of one command side by side
 * would not be told apart by their effects. Only where `/proc` shows processes; answers how many groups were ended. To be
 * called by whoever holds the folder's lock.
 */
export async function endLeftovers(mark: string): Promise<number> {
  const wanted = `${runMark}=${mark}`
  const groups = new Set<number>()
  for (const name of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue
    const environment = await readFile(`/proc/${name}/environ`, 'utf8').catch(() => '')
    if (!environment.split('\0').includes(wanted)) continue
    const group = await groupOf(name)
    if (group !== null) groups.add(group)
  }
  let ended = 0
  for (const group of groups) if (await endGroup(group)) ended += 1
  return ended
}

async function groupOf(pid: string): Promise<number | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  if (text === null) return null
  // The name in parentheses may hold anything. After it: state, parent, group.
  const [state, , group] = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return state === 'Z' || Number(group) <= 1 ? null : Number(group)
}

async function endGroup(group: number): Promise<boolean> {
  try {
    process.kill(-group, 'SIGKILL')
  } catch {
    return false
  }
  for (let tries = 0; tries < 100; tries += 1) {
    if (!(await isThere(group))) break
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return true
}

async function isThere(group: number): Promise<boolean> {
  const text = await readFile(`/proc/${group}/stat`, 'utf8').catch(() => null)
  return text !== null && !/^Z/.test(text.slice(text.lastIndexOf(')') + 2))
}
