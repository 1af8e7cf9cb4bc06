import { execFileSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call, headlineOf, readNotice, submitNotice } from '../running/client.ts'
import { type DatabaseServer, debianBinaries, openDatabaseServer } from '../running/database.ts'
import { type RunningPortal, startPortal, until } from '../running/portal.ts'

let portal: RunningPortal
let server: DatabaseServer | null = null
const why = debianBinaries() === null ? "needs Debian's postgresql" : null

describe.each(['embedded', 'debian'] as const)('on the %s database', (database) => {
  if (database === 'debian' && why !== null) {
    test.skip(`the same (${why})`, () => {})
    return
  }
  beforeAll(async () => {
    server = database === 'debian' ? await openDatabaseServer('debian') : null
    portal = await startPortal(server ? { env: { ...server.env } } : {})
  })
  afterAll(async () => {
    await portal?.stop()
    await server?.destroy()
  })

  describe('on its first start', () => {
    test('the demo tells the loop from notice.issued to removed_verified', () => {
      const told = [...portal.output().matchAll(/^ +\d+\.\d\d s {2}(\S+)/gm)].map((match) => match[1])
      for (const kind of [
        'notice.issued',
        'delivery.received',
        'clock.started',
        'receipt.recorded',
        'outcome.reported',
        'item.confirmed-offline',
      ]) {
        expect(told).toContain(kind)
      }
      expect(told.indexOf('delivery.received')).toBeGreaterThan(told.indexOf('notice.issued'))
      expect(told.indexOf('item.confirmed-offline')).toBeGreaterThan(told.indexOf('outcome.reported'))
      expect(portal.output()).toMatch(/headline +removed_verified/)
    })

    test('it listens on loopback and nowhere else', () => {
      const port = new URL(portal.demo.base_url).port
      const listening = execFileSync('cat', ['/proc/net/tcp', '/proc/net/tcp6'], { encoding: 'utf8' })
        .split('\n')
        .map((line) => line.trim().split(/\s+/))
        .filter(
          (fields) =>
            fields[3] === '0A' && fields[1]?.endsWith(`:${Number(port).toString(16).toUpperCase().padStart(4, '0')}`),
        )
      expect(listening.map((fields) => fields[1]?.split(':')[0])).toEqual(['0100007F'])
    })

    test('what it wrote for programs is for its owner alone, and names files that are served', async () => {
      expect(statSync(portal.demoFile).mode & 0o777).toBe(0o600)
      const { example_provider: example, open_provider: open, people, mail_url } = portal.demo
      expect(example.files.length).toBeGreaterThanOrEqual(3)
      expect(open.files.length).toBeGreaterThanOrEqual(3)
      for (const url of [...example.files, ...open.files]) expect((await fetch(url)).status).toBe(200)
      expect(people.map(({ organisation }) => organisation)).toEqual(
        expect.arrayContaining(['Tern Hosting', 'Stichting Baken', 'Noticeline desk', 'Teal']),
      )
      expect((await fetch(mail_url)).status).toBe(200)
    })
  })

  test('a file that is reported is gone within seconds, and comes back byte for byte when the notice is withdrawn', async () => {
    const url = portal.demo.example_provider.files[0] ?? ''
    const before = Buffer.from(await (await fetch(url)).arrayBuffer())
    const submitted = await submitNotice(portal.demo, [url], { reference: 'MK-2026-000123' })
    expect(submitted.status).toBe(201)
    expect(submitted.text).not.toContain(new URL(url).pathname)
    await headlineOf(portal.demo, submitted.body.id, 'removed_verified')
    expect((await fetch(url)).status).toBe(410)

    const [item] = (await readNotice(portal.demo, submitted.body.id)).body.items
    expect(item.attribution).toMatchObject({ role: 'hosting', confidence: 'high' })
    expect(item.delivery).toBe('acknowledged')

    const withdrawn = await call(
      'POST',
      `${portal.demo.base_url}/v1/notices/${submitted.body.id}/withdraw`,
      portal.demo.tokens.notifier,
      {
        reason: 'not_illegal',
      },
    )
    expect(withdrawn.status).toBe(200)
    await headlineOf(portal.demo, submitted.body.id, 'withdrawn_restored')
    const after = await fetch(url)
    expect(after.status).toBe(200)
    expect(Buffer.from(await after.arrayBuffer()).equals(before)).toBe(true)
  })

  test('a notice of several items is one event to one provider, and each item has its own outcome', async () => {
    const [, one, two] = portal.demo.example_provider.files
    const submitted = await submitNotice(portal.demo, [
      one ?? '',
      two ?? '',
      `${new URL(one ?? '').origin}/cust42/g/never-there.jpg`,
    ])
    let headlines: string[] = []
    await until(async () => {
      const { items } = (await readNotice(portal.demo, submitted.body.id)).body
      headlines = items.map(({ headline }: { headline: string }) => headline)
      return headlines.slice(0, 2).every((headline) => headline === 'removed_verified') && items[2].handling !== 'open'
    }, 60_000).catch(() => {
      throw new Error(`The items ended ${headlines}`)
    })
    const { items } = (await readNotice(portal.demo, submitted.body.id)).body
    // It was not there, and no look finds it: reported for what it is, and as gone as the two that were taken away.
    expect(items.map(({ handling }: { handling: string }) => handling)).toEqual([
      'access_disabled',
      'access_disabled',
      'already_unavailable',
    ])
  })
})
