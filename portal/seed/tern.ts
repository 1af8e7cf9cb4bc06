/** Tern Hosting: the example program, run beside the portal as its developer would run it. */
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

export interface Tern {
  url: string
  stop(): Promise<void>
}

export interface TernOptions {
  portal: string
  token: string
  host: string
  port: number
  served: string
  kept: string
}

const program = fileURLToPath(new URL('../../examples/node-http/server.ts', import.meta.url))
const endWithParent = new URL('./end-with-parent.mjs', import.meta.url).href

/** Resolves when Tern is registered with the portal and serves its customers. */
export async function startTern(options: TernOptions): Promise<Tern> {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
  const child = spawn(process.execPath, ['--import', tsx, '--import', endWithParent, program], {
    // Only what it needs: the portal's own environment holds keys.
    env: {
      NODE_ENV: 'production',
      PORTAL: options.portal,
      PORTAL_TOKEN: options.token,
      HOST: options.host,
      PORT: String(options.port),
      SERVED: options.served,
      KEPT: options.kept,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let said = ''
  child.stdout?.on('data', (chunk) => (said += chunk))
  child.stderr?.on('data', (chunk) => (said += chunk))
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const ready = new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', () => said.includes('connected') && resolve())
    child.once('exit', (code) => reject(new Error(`Tern Hosting ended with ${code}: ${said.slice(-2000)}`)))
    setTimeout(() => reject(new Error(`Tern Hosting did not connect in time: ${said.slice(-2000)}`)), 60_000).unref()
  })
  await ready
  return {
    url: `http://${options.host}:${options.port}/`,
    async stop() {
      if (child.connected) child.disconnect()
      else child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000)
      await gone
      clearTimeout(late)
    },
  }
}
