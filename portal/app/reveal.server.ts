import type { RevealedItem } from '../inbox/views.ts'
import type { Shown } from './ui/reveal.tsx'

/** What a screen gets: the address that programs could follow stays behind. */
export function shownOf({ url: _followable, ...shown }: RevealedItem): Shown {
  return shown
}
