import type { Fact } from '../facts/facts.ts'
import { record } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import { findDeskHandlers } from '../people/find-desk-handlers.ts'
import { type Actor, may } from '../people/may.ts'
import {
  closeTask,
  countUnmailed,
  lockTask,
  markMailed,
  selectOpenTasks,
  wasMailedSince,
} from './desk-task-store.server.ts'

/** A person is mailed about tasks once in so long; the list has all of them. */
const mailedEveryMs = 15 * 60_000

export interface DeskTask {
  id: string
  kind: 'undelivered' | 'unacknowledged'
  orgId: string
  orgName: string
  noticeId: string
  deliveryId: string
  /** Whose it is; null where nobody was on the desk. */
  personId: string | null
  personName: string | null
  openedAt: Date
  deadlineAt: Date
  delivery: string
  lastCode: string | null
}

/** What the desk is asked to do, the nearest deadline first. What has settled itself is not in it. */
export async function findDeskTasks(
  ground: Ground,
  actor: Actor,
  limit = 200,
): Promise<{ result: 'found'; tasks: DeskTask[] } | { result: 'forbidden' }> {
  if (!may(actor, 'tasks.read')) return { result: 'forbidden' }
  const rows = await selectOpenTasks(ground.db.read, limit)
  return { result: 'found', tasks: rows.map((row) => ({ ...row, kind: row.kind as DeskTask['kind'] })) }
}

/** Somebody saw to it, and says how. */
export function closeDeskTask(
  ground: Ground,
  actor: Actor,
  taskId: string,
  note: string,
): Promise<{ result: 'closed' | 'already-closed' | 'invalid' | 'unknown-task' | 'forbidden' }> {
  return ground.db.transaction(async (tx) => {
    if (actor.kind !== 'person' || !may(actor, 'tasks.close')) return { result: 'forbidden' }
    const task = await lockTask(tx.db, taskId)
    if (!task) return { result: 'unknown-task' }
    if (task.closedAt) return { result: 'already-closed' }
    const said = note.trim()
    if (said === '' || said.length > 500) return { result: 'invalid' }
    await closeTask(tx.db, taskId, { closedAt: tx.now, closedBy: actor.personId, note: said })
    const { noticeId, deliveryId, orgId } = task
    await record(tx, noticeId, 'task.closed', { noticeId, deliveryId, orgId, taskId, personId: actor.personId })
    return { result: 'closed' }
  })
}

/** Mails whose task it is that there are some, and never which: at most once in a quarter of an hour. */
export async function mailDeskTasks(ground: Ground, fact: Fact<'delivery.escalated'>): Promise<void> {
  if (fact.payload.taskId === null) return
  const { read } = ground.db
  const now = ground.clock.now()
  const since = new Date(now.getTime() - mailedEveryMs)
  for (const person of await findDeskHandlers(read)) {
    const count = await countUnmailed(read, person.personId)
    if (count === 0 || (await wasMailedSince(read, person.personId, since))) continue
    const link = `${ground.config.origin}/operator/tasks`
    await ground.mail.send({
      id: `tasks-${fact.id}-${person.personId}`,
      to: person.email,
      ...letters[person.locale](count, link),
      about: { purpose: 'desk_tasks', recipientId: person.personId, of: fact.payload.taskId },
    })
    await ground.db.transaction((tx) => markMailed(tx.db, person.personId, now))
  }
}

/** By language. */
export const letters = {
  en: (count: number, link: string) => ({
    subject: count === 1 ? 'A delivery needs you' : `${count} deliveries need you`,
    text: `Half of the time has gone and a notice has not arrived, or nobody has signed for it.\n\nYour tasks: ${link}\n`,
  }),
  nl: (count: number, link: string) => ({
    subject: count === 1 ? 'Een bezorging heeft u nodig' : `${count} bezorgingen hebben u nodig`,
    text: `De helft van de termijn is om en een melding is niet aangekomen, of niemand heeft ervoor getekend.\n\nUw taken: ${link}\n`,
  }),
}
