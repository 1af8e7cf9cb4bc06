import { record } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import type { PersonActor } from './may.ts'
import { setPerson } from './member-store.server.ts'
import type { Locale } from './person.ts'

/** What a person is called, and in which language we write to them. */
export function changePerson(
  ground: Ground,
  actor: PersonActor,
  input: { name: string; locale: Locale },
): Promise<{ result: 'changed' | 'name-missing' | 'name-too-long' }> {
  const name = input.name.trim()
  if (name === '') return Promise.resolve({ result: 'name-missing' })
  if (name.length > 100) return Promise.resolve({ result: 'name-too-long' })
  return ground.db.transaction(async (tx) => {
    const { personId } = actor
    await setPerson(tx.db, personId, { name, locale: input.locale })
    await record(tx, personId, 'person.changed', { personId, locale: input.locale })
    return { result: 'changed' }
  })
}
