import { html, raw } from 'hono/html'
import type { ApiDocument, JsonSchema, Operation } from './docs.ts'
import { docsStyle } from './docs-style.ts'
import { problems } from './problems.ts'

type Markup = ReturnType<typeof html>

interface Entry {
  id: string
  method: string
  path: string
  operation: Operation
}

const tags = ['Notifier', 'Provider', 'Everybody']

/** The OpenAPI document as one page: every call, every schema, every problem. Everything in it is escaped by `html`. */
export function docsPage(document: ApiDocument): string {
  const entries = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(
      ([method, operation]): Entry => ({
        id: `${method}${path.replaceAll(/[^a-z0-9]+/gi, '-')}`,
        method: method.toUpperCase(),
        path,
        operation,
      }),
    ),
  )
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>API · Noticeline</title>
<style>${raw(docsStyle)}</style>
</head>
<body>
<a class="skip" href="#content">To the contract</a>
<header><p class="mark">Noticeline</p><nav aria-label="Site"><a href="/">Home</a> <a href="/v1/openapi.json">OpenAPI 3.1</a></nav></header>
<div class="columns">
<nav class="contents" aria-label="Calls">
${tags.map((tag) => contentsOf(tag, entries))}
<h2>More</h2><ul><li><a href="#problems">Problems</a></li><li><a href="#schemas">Schemas</a></li></ul>
</nav>
<main id="content">
<h1>The API</h1>
<p class="lead">${document.info.description}</p>
${conventions()}
${tags.map((tag) => sectionOf(tag, entries))}
${problemList()}
${schemaList(document)}
</main>
</div>
</body>
</html>`
  return String(page)
}

function contentsOf(tag: string, entries: readonly Entry[]): Markup {
  return html`<h2>${tag}</h2><ul>${entries
    .filter(({ operation }) => operation.tags.includes(tag))
    .map(
      ({ id, method, path }) => html`<li><a href="#${id}"><span class="method">${method}</span> ${path}</a></li>`,
    )}</ul>`
}

function conventions(): Markup {
  return html`<section aria-labelledby="conventions"><h2 id="conventions">Conventions</h2><ul>
<li>JSON in UTF-8; instants are RFC 3339 in UTC with milliseconds, durations ISO 8601; ids say what they are.</li>
<li><code>Authorization: Bearer nl_live_…</code> where a call names a scope. Cookies mean nothing here.</li>
<li><code>Idempotency-Key</code> on every POST that creates, kept for 24 hours, for reports 60 days: the same key and body gets the first answer again.</li>
<li>What is not done is answered with <code>application/problem+json</code>: <code>type, title, status, detail, code</code> and, for input, <code>errors</code> with pointers.</li>
<li>Lists take <code>limit</code> (at most 200) and <code>cursor</code>, and answer <code>data</code>, <code>next_cursor</code> and <code>Link: rel="next"</code>.</li>
<li>A body takes at most 256 KiB.</li>
</ul></section>`
}

function sectionOf(tag: string, entries: readonly Entry[]): Markup {
  const id = `for-${tag.toLowerCase()}`
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${tag}</h2>${entries
    .filter(({ operation }) => operation.tags.includes(tag))
    .map(callOf)}</section>`
}

function callOf({ id, method, path, operation }: Entry): Markup {
  const scope = operation.security?.flatMap((one) => one['bearer'] ?? [])[0]
  const orSigned = operation.security?.some((one) => Object.keys(one).length === 0)
  const lines = (operation.description ?? '').split('\n').filter((line) => line !== '')
  return html`<article id="${id}">
<h3><span class="method">${method}</span> <code>${path}</code></h3>
<p class="summary">${operation.summary}</p>
<details><summary>What to send, and what comes back</summary>
${lines.filter((line) => !line.startsWith('- ')).map((line) => html`<p>${prose(line)}</p>`)}
${rowsIn(lines)}
<p>${scope ? html`Scope <code>${scope}</code>${orSigned ? ', or a signature' : ''}` : 'No token needed.'}</p>
${parametersOf(`${method} ${path}`, operation)}
${bodyOf(operation)}
${answersOf(`${method} ${path}`, operation)}
</details></article>`
}

/** Text in which \`code\` is marked as our descriptions mark it. */
function prose(text: string): Markup {
  return html`${text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`
}

function rowsIn(lines: readonly string[]): Markup | string {
  const rows = lines.filter((line) => line.startsWith('- '))
  return rows.length === 0 ? '' : html`<ul>${rows.map((row) => html`<li>${prose(row.slice(2))}</li>`)}</ul>`
}

function parametersOf(call: string, { parameters = [] }: Operation): Markup | string {
  if (parameters.length === 0) return ''
  return tableOf(
    'Parameters',
    call,
    ['Name', 'Where', 'What'],
    parameters.map(({ name, in: where, required, schema, description }) => [
      html`<code>${name}</code>${required ? ' (required)' : ''}`,
      where,
      html`${typeOf(schema ?? {})}. ${prose(description ?? schema?.description ?? '')}`,
    ]),
  )
}

function bodyOf({ requestBody }: Operation): Markup | string {
  if (!requestBody) return ''
  return html`<h4>Body</h4><ul>${Object.entries(requestBody.content).map(
    ([mediaType, { schema }]) => html`<li><code>${mediaType}</code>: ${typeOf(schema)}</li>`,
  )}</ul>`
}

function answersOf(call: string, { responses }: Operation): Markup {
  return tableOf(
    'Answers',
    call,
    ['Status', 'Meaning', 'Body'],
    Object.entries(responses).map(([status, { description, content }]) => [
      status,
      html`${description.split('\n').map((line) => {
        const [, code, sentence] = /^`(\w+)`: (.*)$/.exec(line) ?? []
        return code
          ? html`<div><a href="#problem-${code}"><code>${code}</code></a> ${sentence}</div>`
          : html`<div>${prose(line)}</div>`
      })}`,
      html`${Object.values(content ?? {}).map(({ schema }) => typeOf(schema))}`,
    ]),
  )
}

function problemList(): Markup {
  return html`<section aria-labelledby="problems"><h2 id="problems">Problems</h2>
<p>Branch on the code. Codes are only ever added.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Codes of problems"><table><thead><tr><th scope="col">Code</th><th scope="col">Status</th><th scope="col">What it says</th></tr></thead><tbody>
${Object.entries(problems).map(
  ([code, [status, title, sentence]]) =>
    html`<tr id="problem-${code}"><th scope="row"><code>${code}</code></th><td>${status}</td><td><strong>${title}.</strong> ${sentence}</td></tr>`,
)}</tbody></table></div></section>`
}

function schemaList(document: ApiDocument): Markup {
  return html`<section aria-labelledby="schemas"><h2 id="schemas">Schemas</h2>${Object.entries(
    document.components.schemas,
  ).map(
    ([name, schema]) =>
      html`<article id="schema-${name}"><h3>${name}</h3>${
        schema.description ? html`<p>${prose(schema.description)}</p>` : ''
      }<details><summary>Its members</summary>${membersOf(name, schema)}</details></article>`,
  )}</section>`
}

function membersOf(name: string, schema: JsonSchema): Markup {
  const choices = schema.oneOf ?? schema.anyOf
  if (choices) {
    return html`${choices.map((choice, index) => membersOf(`${name}, form ${index + 1}`, choice))}`
  }
  const rows = rowsOf(schema, '')
  if (rows.length === 0) return html`<p>${typeOf(schema)}</p>`
  return tableOf('Members', name, ['Member', 'Type', 'What'], rows)
}

function rowsOf(schema: JsonSchema, above: string): Cell[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const path = `${above}${name}`
    const required = schema.required?.includes(name) === true
    const row: Cell[] = [
      html`<code>${path}</code>${required ? '' : ' (optional)'}`,
      typeOf(member),
      prose(member.description ?? ''),
    ]
    const below = member.type === 'array' ? rowsOf(member.items ?? {}, `${path}[].`) : rowsOf(member, `${path}.`)
    return [row, ...below]
  })
}

type Cell = Markup | string

function tableOf(caption: string, of: string, heads: readonly string[], rows: readonly (readonly Cell[])[]): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption} of ${of}"><table><caption>${caption}</caption><thead><tr>${heads.map(
    (head) => html`<th scope="col">${head}</th>`,
  )}</tr></thead><tbody>${rows.map(
    ([first, ...rest]) => html`<tr><th scope="row">${first}</th>${rest.map((cell) => html`<td>${cell}</td>`)}</tr>`,
  )}</tbody></table></div>`
}

function typeOf(schema: JsonSchema): Cell {
  const name = schema.$ref?.split('/').at(-1)
  if (name) return html`<a href="#schema-${name}">${name}</a>`
  if (schema.enum)
    return html`${schema.enum.map((value, index) => html`${index > 0 ? ' · ' : ''}<code>${String(value)}</code>`)}`
  if (schema.const !== undefined) return html`<code>${String(schema.const)}</code>`
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) return html`${choices.map((choice, index) => html`${index > 0 ? ' or ' : ''}${typeOf(choice)}`)}`
  if (schema.type === 'array') return html`list of ${typeOf(schema.items ?? {})}`
  return [schema.type ?? 'anything'].flat().join(' or ')
}
