/** More texts than this are not the same few again and again, and the server would keep a plan for each. */
const most = 200

/**
 * Names for statements that come many times a second: under a name the server reads and plans a text once a connection
 * and not at every call. A plan does not outlive a change of its tables' columns, so every text can be given a new name.
 */
export function createStatementNames() {
  const names = new Map<string, string>()
  let made = 0
  return {
    /** Undefined: this one goes without. */
    of(text: string): string | undefined {
      const known = names.get(text)
      if (known !== undefined || names.size >= most) return known
      made += 1
      const name = `kept ${made}`
      names.set(text, name)
      return name
    },
    renew(): void {
      names.clear()
    },
  }
}
