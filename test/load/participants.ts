/** Who takes part in a load, as `seed.ts` prints them. */
export interface Participants {
  readonly notifiers: { orgId: string; token: string }[]
  /** Who works at a provider; each link signs in once. */
  readonly people: { links: string[] }[]
  /** The slow callers': of the cast, so that what they are shown is somebody's of their own. */
  readonly slow: { token: string; link: string }
}
