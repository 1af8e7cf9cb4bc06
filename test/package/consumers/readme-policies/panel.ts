const sites = new Map([['cust42.tern.example', { status: 'active', reason: '' }]])
const state = (name: string) => sites.get(name) ?? { status: 'active', reason: '' }

/** A control panel of one site, for the code of the README. */
export const panel = {
  siteOf: async (host: string) => (sites.has(host) ? { name: host, sites: 1, mailboxes: 0 } : null),
  status: async (name: string) => state(name),
  async suspend(name: string, reason: string) {
    sites.set(name, { status: 'suspended', reason })
  },
  async setStatus(name: string, before: { status: string; reason: string }) {
    sites.set(name, before)
  },
  clearCache: async (_name: string) => 'nginx',
  look: async (url: string) => (state(new URL(url).hostname).status === 'active' ? 'online' : 'gone_http'),
} as const
