import { checkEvidence, inclusionPath } from '@noticeline/sdk/protocol'
import { expect, test } from 'vitest'
import { withGround } from '../testing/with-ground.ts'
import { record } from './record.ts'
import { sealRoot, signRoot } from './seal-root.ts'

test('what is recorded, sealed and signed here is found whole by the check that everybody has', () =>
  withGround('2026-11-22T09:00:00.000Z', async (ground) => {
    const offered = (noticeId: string) => ({
      noticeId,
      deliveryId: 'dlv_1',
      orgId: 'org_1',
      at: '2026-11-22T09:00:00.000Z',
    })
    for (const notice of ['ntc_1', 'ntc_2', 'ntc_3', 'ntc_2']) {
      await ground.db.transaction((tx) => record(tx, notice, 'delivery.offered', offered(notice)))
    }
    await sealRoot(ground)
    await signRoot(ground)
    const rows = await ground.db.read
      .selectFrom('facts')
      .selectAll()
      .where('chain', '=', 'ntc_2')
      .orderBy('seq')
      .execute()
    const heads = await ground.db.read.selectFrom('factHeads').selectAll().execute()
    const { root, at, signed } = await ground.db.read.selectFrom('roots').selectAll().executeTakeFirstOrThrow()
    const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')
    const { keys } = await ground.keys.archive()
    const bundle = {
      ...{
        noticeline_evidence: 1,
        issuer: ground.config.origin,
        notice: 'ntc_2',
        made_at: ground.clock.now().toISOString(),
      },
      keys,
      chain: rows.map(({ chain: _, ...row }) => ({
        ...row,
        at: row.at.toISOString(),
        previous: text(row.previous),
        hash: text(row.hash),
      })),
      seals: [
        {
          path: (inclusionPath(heads, 'ntc_2') ?? []).map(({ side, hash }) => ({ side, hash: text(hash) })),
          ...{ seq: 2, root: text(root), at: at.toISOString(), signed },
        },
      ],
      tokens: [],
    }
    expect(await checkEvidence(bundle, keys)).toMatchObject({ result: 'whole', links: 2, signedTo: { seq: 2 } })
    const [first] = bundle.chain
    if (first) first.payload = first.payload.replace('org_1', 'org_2')
    expect(await checkEvidence(bundle, keys)).toMatchObject({
      result: 'broken',
      part: 'chain',
      at: 1,
      code: 'link_hash',
    })
  }))
