import { spawnSync } from 'node:child_process'

/** The first Python that has the named modules, or why there is none and which packages bring it. */
export function pythonWith(modules: string[], packages: string[]): { found: string } | { missing: string } {
  for (const candidate of ['/usr/bin/python3', 'python3']) {
    const tried = spawnSync(candidate, ['-c', `import ${modules.join(', ')}`], { stdio: 'ignore' })
    if (tried.status === 0) return { found: candidate }
  }
  return { missing: `needs Debian's ${packages.join(', ')}` }
}
