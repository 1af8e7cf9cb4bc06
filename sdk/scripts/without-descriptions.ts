import { readFile } from 'node:fs/promises'
import ts from 'typescript'

interface Edit {
  readonly from: number
  readonly to: number
  readonly text: string
}

/**
 * A module of the wire as it is built. Gone are the describing sentences (`.describe('…')`): what a member means stands in
 * the published JSON Schemas and in the types, and at run time nobody reads it. And since these modules only define
 * something when they are loaded, each call outside of a function is marked as one that a bundler may leave out when its
 * result is not used. Read by TypeScript's own parser; everything else stays as it was written.
 */
export function withoutDescriptions(source: string): string {
  const file = ts.createSourceFile('wire.ts', source, ts.ScriptTarget.Latest, true)
  const edits: Edit[] = []
  const visit = (node: ts.Node, inFunction: boolean): void => {
    if (ts.isCallExpression(node)) {
      const described = describedBy(node)
      if (described !== null) edits.push({ from: described.getEnd(), to: node.getEnd(), text: '' })
      else if (!inFunction && !isChained(node)) {
        edits.push({ from: node.getStart(file), to: node.getStart(file), text: '/* @__PURE__ */ ' })
      }
    }
    const within = inFunction || ts.isFunctionLike(node)
    ts.forEachChild(node, (child) => visit(child, within))
  }
  visit(file, false)
  return edits.sort((one, other) => other.from - one.from).reduce(applied, source)
}

/** What `.describe('…')` was called on, or null for any other call. A sentence that is computed is left alone. */
function describedBy(node: ts.Node): ts.Expression | null {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return null
  const { name, expression } = node.expression
  const [sentence, ...more] = node.arguments
  const literal = sentence !== undefined && ts.isStringLiteralLike(sentence) && more.length === 0
  return name.text === 'describe' && literal ? expression : null
}

/** Whether a call is only a link of a longer chain that is itself a call, and one that stays. */
function isChained(node: ts.CallExpression): boolean {
  const access = node.parent
  if (!ts.isPropertyAccessExpression(access) || access.expression !== node) return false
  const next = access.parent
  if (!ts.isCallExpression(next) || next.expression !== access) return false
  return describedBy(next) === null || isChained(next)
}

function applied(source: string, { from, to, text }: Edit): string {
  return source.slice(0, from) + text + source.slice(to)
}

interface Build {
  onLoad(
    options: { filter: RegExp },
    load: (file: { path: string }) => Promise<{ contents: string; loader: 'ts' }>,
  ): void
}

/** The same as a plugin for esbuild, for the modules of the wire. */
export const descriptionsLeaveTheBundle = {
  name: 'without-descriptions',
  setup(build: Build): void {
    build.onLoad({ filter: /[\\/]protocol[\\/][a-z-]+\.ts$/ }, async ({ path }) => ({
      contents: withoutDescriptions(await readFile(path, 'utf8')),
      loader: 'ts',
    }))
  },
}
