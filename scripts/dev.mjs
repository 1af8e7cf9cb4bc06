// `pnpm dev`: the demo, started again whenever something it is made of changes.
import { spawn } from 'node:child_process'
import { watch } from 'node:fs'
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

for (const folder of ['portal', 'sdk/src', 'examples']) {
  watch(join(root, folder), { recursive: true }, (_kind, name) => {
    if (!name || ignored.test(name) || ending) return
    clearTimeout(timer)
    timer = setTimeout(async () => {
      console.log(`\n${folder}/${name} changed; starting again …`)
      await stop()
      if (!ending) portal = start()
    }, 400)
  })
}
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, async () => {
    ending = true
    await stop()
    process.exit(0)
  })
}
