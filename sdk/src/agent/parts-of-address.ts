/**
 * The address taken apart once for every command, as browsers take it apart. Dots in the path are resolved; a path that
 * cannot be decoded to text, or would hold a NUL, stays as it was written. Nothing where it is no address.
 */
export function partsOf(url: string): { host?: string; path?: string } {
  if (!URL.canParse(url)) return {}
  const { hostname, pathname } = new URL(url)
  // A host of dots or slashes would be a way up the tree where hosts are folders.
  if (!/[a-z0-9]/.test(hostname) || /\.\.|[/\\]/.test(hostname)) return {}
  return { host: hostname.replace(/\.$/, ''), path: decoded(pathname) }
}

function decoded(path: string): string {
  try {
    const text = decodeURIComponent(path)
    return text.includes('\0') ? path : text
  } catch {
    return path
  }
}
