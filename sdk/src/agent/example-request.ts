import type { AgentRequest } from './request.ts'

/** An item that nobody has, for trying a command. */
export function exampleRequest(act: 'take_down' | 'put_back', attempt: number, now: Date): AgentRequest {
  const due = new Date(now.getTime() + 24 * 3_600_000)
  return {
    v: 1,
    act,
    key: 'ntc_agentcheck.itm_agentcheck',
    case: 'ntc_agentcheck',
    item: 'itm_agentcheck',
    attempt,
    seq: act === 'take_down' ? 1 : 2,
    received_at: now.toISOString(),
    url: 'https://agent-check.example/none',
    host: 'agent-check.example',
    path: '/none',
    ip: '203.0.113.1',
    port: 443,
    scope: 'file',
    deadline: { due: due.toISOString(), seconds_left: 24 * 3600 },
    regime: 'test',
    binding: false,
    category: 'csam',
    notifier: { id: 'org_agentcheck', kind: 'other', name: 'noticeline agent check' },
    preservation: { basis: 'none' },
    disclosure: { allowed: true },
    ...(act === 'put_back' ? { reason: 'error' } : {}),
  }
}
