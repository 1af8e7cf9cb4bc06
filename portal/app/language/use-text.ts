import { useRouteLoaderData } from '@remix-run/react'
import type { Language } from './catalogue.ts'
import { type Text, textIn } from './text.ts'

const texts: Record<Language, Text> = { en: textIn('en'), nl: textIn('nl') }

/** The catalogue in the reader's language, as the root loader found it. */
export function useText(): Text {
  const root = useRouteLoaderData('root') as { language?: Language } | undefined
  return texts[root?.language ?? 'en']
}

/** The same for `meta`, which is no component. A title holds numbers and names of pages, never an address. */
export function titleText(matches: readonly ({ id: string; data?: unknown } | undefined)[]): Text {
  const root = matches.find((match) => match?.id === 'root')?.data as { language?: Language } | undefined
  return texts[root?.language ?? 'en']
}
