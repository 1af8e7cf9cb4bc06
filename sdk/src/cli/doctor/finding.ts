/** What one check found: one line, and where something is to be done, what. */
export interface Finding {
  readonly check: string
  readonly level: 'ok' | 'warn' | 'fail' | 'skip'
  readonly says: string
  readonly next?: string
}

export function findings(check: string) {
  const level =
    (which: 'warn' | 'fail' | 'skip') =>
    (says: string, next: string): Finding => ({ check, level: which, says, next })
  return {
    ok: (says: string): Finding => ({ check, level: 'ok', says }),
    warn: level('warn'),
    fail: level('fail'),
    skip: level('skip'),
  }
}
