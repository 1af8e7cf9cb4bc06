import { notFound } from '../access.server.ts'

// A route of its own, so that a missing page still knows its reader's language and theme.
export function loader() {
  throw notFound()
}

export function action() {
  throw notFound()
}

export default function Missing() {
  return null
}
