/** What the process ends with. Scripts rely on these: a number is never given another meaning. */
export const exitCodes = {
  ok: [0, 'done'],
  refused: [1, 'refused or failed; the code on standard error says why'],
  usage: [2, 'wrong usage: an unknown command, option or value'],
  unreachable: [3, 'the portal, or another address, could not be reached'],
  files: [4, 'a configuration, key or store cannot be used as it is'],
  fault: [70, 'a fault in this program'],
  stopped: [130, 'stopped by a signal before it was done'],
} as const satisfies Record<string, readonly [number, string]>

export type ExitName = keyof typeof exitCodes
export type ExitCode = (typeof exitCodes)[ExitName][0]
