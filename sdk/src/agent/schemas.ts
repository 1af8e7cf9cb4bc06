import { z } from 'zod'
import { agentAnswer } from './answer.ts'
import { agentConfig } from './config.ts'
import { agentRequest } from './request.ts'

/** By the names of their files in `agent/`: what a command reads, what it may print, and `agent.json`. */
export function agentSchemas(): Record<string, object> {
  return {
    request: z.toJSONSchema(agentRequest, { io: 'input' }),
    answer: z.toJSONSchema(agentAnswer, { io: 'input' }),
    config: z.toJSONSchema(agentConfig, { io: 'input' }),
  }
}
