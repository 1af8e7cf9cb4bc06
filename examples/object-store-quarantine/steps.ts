// The steps of a removal: a legal hold, reading denied, a delete marker on top. Nothing is deleted before the notice closes.
import type { Steps } from '@noticeline/sdk/removal'
import { isDenied, setDenied } from './deny.ts'
import { look, ownAddress, placeOf, purge } from './outside.ts'
import type { Place, Version } from './store.ts'
import { at, copyOnce, digestOf, erase, hasLock, isHeld, newest, s3, setHeld, versionsOf } from './store.ts'

type Target = Place & { id: string; etag: string; lock: boolean; prefix: string }
type State = { newest: Version | null; held: boolean; denied: boolean }

const evidence = (id: string): Place => ({ bucket: process.env['EVIDENCE'] ?? '', key: id })

export const steps: Steps<Target, State> = {
  async resolve({ url, scope }, ref) {
    const place = placeOf(url)
    if (place === null) return { found: false, outcome: 'not_hosted_here', reason: 'unknown_locator' }
    if (!place || !/^(file|page)$/.test(scope)) return { found: false, outcome: 'cannot_execute', reason: 'technical' }
    const { host, pathname, searchParams } = new URL(url)
    const top = await newest(place)
    const there = top !== null && !top.marker
    if (!there && /^(gone_http|access_denied)$/.test(await look(url, ref)))
      return { found: false, outcome: 'already_unavailable', since: ref.now().toISOString() }
    // Served and not found, or an older version than the one that is served: a person finds out.
    if (!there || (searchParams.get('versionId') ?? top.id) !== top.id)
      return { found: false, outcome: 'cannot_execute', reason: 'insufficient_information' }
    const target = { ...place, id: top.id, etag: top.etag, lock: await hasLock(place.bucket), prefix: host + pathname }
    return { found: true, target, reach: { sites: 1, mailboxes: 0 } }
  },

  async state(target) {
    const versions = await versionsOf(target)
    const held = target.lock && versions.some(({ id }) => id === target.id) && (await isHeld(target, target.id))
    return { newest: versions.find((one) => one.newest) ?? null, held, denied: await isDenied(target) }
  },

  async block(target) {
    if (target.lock) await setHeld(target, target.id, true)
    await setDenied(target, true)
    // Where there is no lock, to delete may be for good: the object stays where it is, and nobody reads it.
    if (target.lock && (await newest(target))?.marker === false) await s3.deleteObject(at(target))
    return { scope_applied: 'file', collateral: 'Every version under the same key.' }
  },

  async preserve(target, { id, preservation, now }) {
    // Six months where nobody says for how long, as TCO art. 6 does.
    const until = preservation.until ?? new Date(now().getTime() + 183 * 86_400_000).toISOString()
    const kept = target.lock ? target : await copyOnce(target, target.id, evidence(id))
    return { ...(await digestOf(kept, kept.id)), where: `${kept.bucket}, version ${kept.id}`, until }
  },

  purge: ({ prefix }, ref) => purge(prefix, ref),

  async verify({ url }, target, ref) {
    const addresses = [url, ownAddress(target), `${ownAddress(target)}?versionId=${target.id}`]
    const seen = await Promise.all(addresses.map((address) => look(address, ref)))
    const worst = (['online', 'moved', 'inconclusive', 'access_denied'] as const).find((one) => seen.includes(one))
    return { result: worst ?? 'gone_http' }
  },

  async undo(target, before, ref) {
    const top = await newest(target)
    if (top?.marker) await s3.deleteObject(at(target, top.id)) // the marker's own version
    if (target.lock) await setHeld(target, target.id, before.held)
    await setDenied(target, before.denied)
    await purge(target.prefix, ref)
  },

  async discard({ lock }, _, { id }) {
    if (!lock) for (const one of await versionsOf(evidence(id))) await erase(evidence(id), one.id, true)
  },

  async destroy(target, preserved, ref) {
    if (preserved !== null) await steps.discard?.(target, preserved, ref)
    const left = await versionsOf(target)
    const ours = left.find((one) => one.id === target.id && one.etag === target.etag) // not what was put there since
    if (ours) await erase(target, ours.id, target.lock)
    // Another version may be the same picture: nobody reads the key while there is one.
    if (left.every((one) => one.marker || one === ours)) await setDenied(target, false)
  },
}
