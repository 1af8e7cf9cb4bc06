/** JSON with sorted members and nothing between them: one value is one text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((one) => canonicalJson(one ?? null)).join(',')}]`
  if (value !== null && typeof value === 'object') {
    let members = ''
    for (const name of Object.keys(value).sort()) {
      const one = (value as Record<string, unknown>)[name]
      if (one === undefined) continue
      members += `${members === '' ? '' : ','}${JSON.stringify(name)}:${canonicalJson(one)}`
    }
    return `{${members}}`
  }
  return JSON.stringify(value)
}
