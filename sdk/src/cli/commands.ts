import type { Command } from './command.ts'
import { completionCommand } from './completion.ts'
import { keygenCommand } from './keygen.ts'
import { verifyCommand } from './verify.ts'
import { verifyBundleCommand } from './verify-bundle.ts'

/** Everything `noticeline` can do, in the order of its help. One file a command; what it needs is loaded when it runs. */
export const commands: readonly Command[] = [
  keygenCommand,
  verifyCommand,
  verifyBundleCommand,
  completionCommand(() => commands),
]
