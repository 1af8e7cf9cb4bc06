// `pnpm dev`: the demo, started again whenever something it is made of changes.
import { spawn } from 'node:child_process'
import { readdirSync, watch } from 'node:fs'
import { join } from 'node:path'
import { install, ownEnvironment, root } from './bootstrap.mjs'

install()
const ignored = /(^|\/)(node_modules|build|\.data|\.vite)(\/|$)|\.(test\.tsx?|md)$|~$/
let portal = start()
let timer
let ending = false

function start() {
  return spawn(process.execPath, [join(root, 'scripts', 'start.mjs')], {
    cwd: root,
    stdio: 'inherit',
    env: ownEnvironment(),
  })
}

async function stop() {
  if (portal.exitCode !== null || portal.signalCode !== null) return
  const gone = new Promise((resolve) => portal.once('exit', resolve))
  portal.kill('SIGTERM')
  await gone
}

function changed(path) {
  if (ending || ignored.test(path)) return
  clearTimeout(timer)
  timer = setTimeout(async () => {
    console.log(`\n${path} changed; starting again …`)
    await stop()
    if (!ending) portal = start()
  }, 400)
}

function look(folder, recursive) {
  watch(join(root, folder), { recursive }, (_kind, name) => name && changed(`${folder}/${name}`))
    // A folder that is gone has nothing to tell; whatever replaced it is seen by its parent.
    .on('error', () => {})
}

// Not the whole of portal/: what is built and what the database writes comes and goes while it is being looked at.
look('portal', false)
for (const entry of readdirSync(join(root, 'portal'), { withFileTypes: true })) {
  const folder = `portal/${entry.name}`
  if (entry.isDirectory() && !ignored.test(folder)) look(folder, true)
}
look('sdk/src', true)
look('examples/node-http', false)
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, async () => {
    ending = true
    await stop()
    process.exit(0)
  })
}
