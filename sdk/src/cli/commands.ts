import { agentCommand } from './agent.ts'
import { agentCheckCommand } from './agent-check.ts'
import { agentHealthCommand } from './agent-health.ts'
import { agentAnswerCommand, agentApproveCommand, agentWaitingCommand } from './agent-waiting.ts'
import type { Command } from './command.ts'
import { completionCommand } from './completion.ts'
import { doctorCommand } from './doctor.ts'
import { inboxListCommand, inboxRetryCommand, inboxShowCommand } from './inbox.ts'
import { initCommand } from './init.ts'
import { keygenCommand } from './keygen.ts'
import { listenCommand } from './listen.ts'
import { outboxListCommand, outboxRetryCommand, outboxShowCommand } from './outbox.ts'
import { triggerCommand } from './trigger.ts'
import { verifyCommand } from './verify.ts'
import { verifyBundleCommand } from './verify-bundle.ts'

/** Everything `noticeline` can do, in the order of its help. One file a command; what it needs is loaded when it runs. */
export const commands: readonly Command[] = [
  initCommand,
  listenCommand,
  triggerCommand,
  agentCommand,
  agentCheckCommand,
  agentHealthCommand,
  agentWaitingCommand,
  agentApproveCommand,
  agentAnswerCommand,
  keygenCommand,
  doctorCommand,
  verifyCommand,
  verifyBundleCommand,
  inboxListCommand,
  inboxShowCommand,
  inboxRetryCommand,
  outboxListCommand,
  outboxShowCommand,
  outboxRetryCommand,
  completionCommand(() => commands),
]
