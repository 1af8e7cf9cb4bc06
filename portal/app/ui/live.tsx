import { useRevalidator } from '@remix-run/react'
import { useEffect } from 'react'

/** With scripts, a page about something that moves reads itself again while somebody looks at it. */
export function useFresh(everyMs: number, wanted = true): void {
  const { revalidate, state } = useRevalidator()
  useEffect(() => {
    if (!wanted) return
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible' && state === 'idle') revalidate()
    }, everyMs)
    return () => clearInterval(timer)
  }, [revalidate, state, everyMs, wanted])
}
