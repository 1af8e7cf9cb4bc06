// Who may import whom. Folders from the ground up: each may import those before it, none after.
const domains = ['people', 'providers', 'attribution', 'deadlines', 'notices', 'delivery', 'removal', 'inbox']
const anyDomain = `^portal/(${domains.join('|')})/`
const tests = '\\.test\\.tsx?$'

const upward = domains.slice(0, -1).map((folder, index) => ({
  name: `${folder}-looks-down-only`,
  severity: 'error',
  comment: 'Cause things upward by recording a fact; reactions.ts says what follows.',
  from: { path: `^portal/${folder}/`, pathNot: tests },
  to: { path: `^portal/(${domains.slice(index + 1).join('|')})/` },
}))

module.exports = {
  forbidden: [
    ...upward,
    {
      name: 'stores-are-private',
      severity: 'error',
      from: { path: '^portal/([^/]+)/' },
      to: { path: '^portal/[^/]+/.+-store\\.server\\.ts$', pathNot: '^portal/$1/' },
    },
    {
      name: 'domain-names-the-ground-by-type',
      severity: 'error',
      from: { path: `${anyDomain}|^portal/facts/`, pathNot: tests },
      to: { path: '^portal/ground/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'facts-know-no-domain',
      severity: 'error',
      from: { path: '^portal/facts/', pathNot: tests },
      to: { path: `${anyDomain}|^portal/(app|api)/` },
    },
    {
      name: 'ground-knows-no-domain',
      severity: 'error',
      from: { path: '^portal/ground/', pathNot: tests },
      to: { path: `${anyDomain}|^portal/(app|api|facts)/` },
    },
    {
      name: 'nothing-below-knows-the-web',
      severity: 'error',
      from: {
        path: '^portal/',
        pathNot: '^portal/(app/|api/|server\\.ts|web\\.server\\.ts|pages\\.server\\.ts|vite\\.config\\.ts)',
      },
      to: { path: '@remix-run/|node_modules/(react(-dom)?|hono)/|@hono/' },
    },
    {
      name: 'nothing-below-imports-a-face',
      severity: 'error',
      from: { path: '^portal/', pathNot: '^portal/(app/|api/|watching/|server\\.ts|worker\\.ts|web\\.server\\.ts)' },
      to: { path: '^portal/(app|api|watching)/' },
    },
    {
      name: 'the-faces-do-not-know-each-other',
      severity: 'error',
      from: { path: '^portal/(app|api|watching)/' },
      to: { path: '^portal/(app|api|watching)/', pathNot: '^portal/$1/' },
    },
    {
      name: 'routes-get-the-ground-in-one-place',
      severity: 'error',
      from: { path: '^portal/(app|api|watching)/', pathNot: tests },
      to: { path: '^portal/ground/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'portal-takes-only-the-protocol',
      severity: 'error',
      from: { path: '^portal/', pathNot: `${tests}|^portal/testing/` },
      to: { path: '^sdk/', pathNot: '^sdk/src/protocol(\\.ts$|/)' },
    },
    {
      name: 'sdk-stands-alone',
      severity: 'error',
      from: { path: '^sdk/src/' },
      to: { path: '^(portal|examples|test)/' },
    },
    {
      name: 'sdk-takes-only-jose-and-zod',
      severity: 'error',
      from: { path: '^sdk/src/', pathNot: tests },
      to: {
        pathNot: '/(jose|zod)/',
        dependencyTypes: ['npm', 'npm-dev', 'npm-peer', 'npm-optional', 'npm-no-pkg', 'npm-unknown'],
      },
    },
    {
      name: 'only-the-token-knows-jose',
      severity: 'error',
      from: { path: '^(sdk/src|portal)/', pathNot: `^sdk/src/protocol/(token|keys)\\.ts$|${tests}` },
      to: { path: '/jose/' },
    },
    {
      name: 'protocol-does-not-know-the-receiver',
      severity: 'error',
      from: { path: '^sdk/src/protocol', pathNot: tests },
      to: { path: '^sdk/src/(receiver|inbox)/' },
    },
    {
      name: 'examples-use-published-doors',
      severity: 'error',
      from: { path: '^examples/([^/]+)/' },
      to: {
        path: '^(sdk|portal|test|examples)/',
        pathNot: '^examples/$1/|^sdk/src/(index|node|fastify|poll|stores|testing|policies|removal)\\.ts$',
      },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Anchored: a bare '/dist/' also hides every package whose entry lies in dist.
    exclude: { path: '^(portal|sdk)/(dist|build)/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.json'],
    },
  },
}
