import type { Demo } from '../running/portal.ts'

/** The sign-in link of somebody of this organisation. Each works once. */
export function linkOf(demo: Demo, organisation: string): string {
  const person = demo.people.find((one) => one.organisation === organisation)
  if (!person) throw new Error(`Nobody of ${organisation} can sign in`)
  return person.sign_in_url
}

/** Whole, by its path, or by its file's name: none may stand in a page that nobody asked to reveal it. */
export function tracesOf(file: string): string[] {
  const { host, pathname } = new URL(file)
  return [file, pathname, `${host}/`, pathname.split('/').at(-1) ?? pathname].filter((trace) => trace.length > 6)
}
