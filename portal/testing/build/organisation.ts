import type { Ground } from '../../ground/ground.ts'
import { addOrganisation, type NewOrganisation } from '../../people/add-organisation.ts'

/** An admitted organisation. Names are invented, and may be the same more than once. */
export async function organisation(ground: Ground, input: Partial<NewOrganisation> = {}): Promise<string> {
  const kind = input.kind ?? 'provider'
  const added = await addOrganisation(ground, {
    kind,
    name: { provider: 'Tern Hosting', notifier: 'Stichting Baken', platform: 'Noticeline desk' }[kind],
    country: 'NL',
    admitted: true,
    ...(kind === 'notifier'
      ? { notifierKind: 'hotline' as const, trustedFlagger: true, phone: '+31 20 555 0100' }
      : {}),
    ...input,
  })
  if (added.result !== 'added') throw new Error('The organisation to build on was refused')
  return added.orgId
}
