/** Filters of a list live in its address: codes and ids only, and what is not on a list is no filter. */
export function oneOf<Code extends string>(url: URL, name: string, codes: readonly Code[]): Code | undefined {
  const value = url.searchParams.get(name)
  return codes.find((code) => code === value)
}

/** A cursor is handed back as it was given out; anything that cannot be one starts from the beginning. */
export function cursorOf(url: URL): string | undefined {
  const value = url.searchParams.get('cursor')
  return value !== null && /^[A-Za-z0-9_.:~=-]{1,200}$/.test(value) ? value : undefined
}

export const pageSize = 25
