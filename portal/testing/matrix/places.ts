/**
 * Who may see each page and send each of its forms, placed by hand: a page that is not here fails the matrix. See
 * "A page or a call is new" in CONTRIBUTING.
 */
import { notifierPlaces } from './notifier-places.ts'
import { openPlaces } from './open-places.ts'
import { operatorPlaces } from './operator-places.ts'
import type { Place } from './place.ts'
import { providerPlaces } from './provider-places.ts'

export const places: Readonly<Record<string, Place>> = {
  ...openPlaces,
  ...providerPlaces,
  ...notifierPlaces,
  ...operatorPlaces,
}
