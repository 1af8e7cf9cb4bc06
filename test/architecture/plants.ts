/** One planted violation a rule: a file, the line that breaks the rule, and the rule that must catch it. */
export interface Plant {
  rule: string
  file: string
  code: string
}

const domains = ['people', 'providers', 'attribution', 'deadlines', 'notices', 'delivery', 'removal', 'inbox']

/** A plant imports another plant where the rule is about one of our files, so that no real file's name is needed. */
export const targets: Record<string, string> = {
  'portal/ground/planted-ground.ts': 'export const ground = 1\n',
  'portal/app/planted-page.ts': 'export const page = 1\n',
  'portal/api/planted-call.ts': 'export const call = 1\n',
  'portal/facts/planted-fact.ts': 'export const fact = 1\n',
  'portal/notices/planted-store.server.ts': 'export const store = 1\n',
  'sdk/src/planted-door.ts': 'export const door = 1\n',
  'sdk/src/receiver/planted-receiver.ts': 'export const receiver = 1\n',
  'test/architecture/planted-test.ts': 'export const test = 1\n',
  'portal/planted-cycle-b.ts': "import { a } from './planted-cycle-a.ts'\nexport const b = () => a\n",
  ...Object.fromEntries(domains.map((domain) => [`portal/${domain}/planted-verb.ts`, 'export const verb = 1\n'])),
}

const upward: Plant[] = domains.slice(0, -1).map((folder, index) => ({
  rule: `${folder}-looks-down-only`,
  file: `portal/${folder}/planted.ts`,
  code: `import { verb } from '../${domains[index + 1]}/planted-verb.ts'\nexport const used = verb\n`,
}))

export const plants: Plant[] = [
  ...upward,
  {
    rule: 'stores-are-private',
    file: 'portal/delivery/planted-a.ts',
    code: "import { store } from '../notices/planted-store.server.ts'\nexport const used = store\n",
  },
  {
    rule: 'domain-names-the-ground-by-type',
    file: 'portal/delivery/planted-b.ts',
    code: "import { ground } from '../ground/planted-ground.ts'\nexport const used = ground\n",
  },
  {
    rule: 'facts-know-no-domain',
    file: 'portal/facts/planted-a.ts',
    code: "import { verb } from '../people/planted-verb.ts'\nexport const used = verb\n",
  },
  {
    rule: 'ground-knows-no-domain',
    file: 'portal/ground/planted-a.ts',
    code: "import { verb } from '../people/planted-verb.ts'\nexport const used = verb\n",
  },
  {
    rule: 'nothing-below-knows-the-web',
    file: 'portal/delivery/planted-c.ts',
    code: "import { redirect } from '@remix-run/node'\nexport const used = redirect\n",
  },
  {
    rule: 'nothing-below-knows-the-web',
    file: 'portal/delivery/planted-d.ts',
    code: "import { Hono } from 'hono'\nexport const used = Hono\n",
  },
  {
    rule: 'nothing-below-imports-a-face',
    file: 'portal/delivery/planted-e.ts',
    code: "import { call } from '../api/planted-call.ts'\nexport const used = call\n",
  },
  {
    rule: 'the-faces-do-not-know-each-other',
    file: 'portal/app/planted-a.ts',
    code: "import { call } from '../api/planted-call.ts'\nexport const used = call\n",
  },
  {
    rule: 'routes-get-the-ground-in-one-place',
    file: 'portal/api/planted-a.ts',
    code: "import { ground } from '../ground/planted-ground.ts'\nexport const used = ground\n",
  },
  {
    rule: 'portal-takes-only-the-protocol',
    file: 'portal/delivery/planted-f.ts',
    code: "import { door } from '../../sdk/src/planted-door.ts'\nexport const used = door\n",
  },
  {
    rule: 'sdk-stands-alone',
    file: 'sdk/src/planted-a.ts',
    code: "import { verb } from '../../portal/people/planted-verb.ts'\nexport const used = verb\n",
  },
  {
    rule: 'sdk-takes-only-jose-and-zod',
    file: 'sdk/src/planted-b.ts',
    code: "import fc from 'fast-check'\nexport const used = fc\n",
  },
  {
    rule: 'only-the-token-knows-jose',
    file: 'sdk/src/receiver/planted-a.ts',
    code: "import { jwtVerify } from 'jose'\nexport const used = jwtVerify\n",
  },
  {
    rule: 'protocol-does-not-know-the-receiver',
    file: 'sdk/src/protocol/planted-a.ts',
    code: "import { receiver } from '../receiver/planted-receiver.ts'\nexport const used = receiver\n",
  },
  {
    rule: 'examples-use-published-doors',
    file: 'examples/node-http/planted-a.ts',
    code: "import { receiver } from '../../sdk/src/receiver/planted-receiver.ts'\nexport const used = receiver\n",
  },
  {
    rule: 'no-cycles',
    file: 'portal/planted-cycle-a.ts',
    code: "import { b } from './planted-cycle-b.ts'\nexport const a = () => b\n",
  },
]
