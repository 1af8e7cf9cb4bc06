import type { Command } from './command.ts'
import { completionCommand } from './completion.ts'

/** Everything `noticeline` can do, in the order of its help. One file a command; what it needs is loaded when it runs. */
export const commands: readonly Command[] = [completionCommand(() => commands)]
