// What stands in the store: versions, markers, legal holds.
import { createHash } from 'node:crypto'
import { S3 } from '@aws-sdk/client-s3'

export type Place = { bucket: string; key: string }
export type Version = { id: string; etag: string; marker: boolean; newest: boolean }

// Where it is and who asks comes from the environment. Checksums that are optional are Amazon's alone. What is lost is tried
// again by the removal, which looks first: a second marker would hide what an undo has to show.
export const s3 = new S3({
  forcePathStyle: true,
  maxAttempts: 1,
  requestChecksumCalculation: 'WHEN_REQUIRED',
  responseChecksumValidation: 'WHEN_REQUIRED',
})
export const at = ({ bucket, key }: Place, id?: string) => ({ Bucket: bucket, Key: key, VersionId: id })
export const nullIf = (...codes: string[]) => {
  return (error: Error) => (codes.includes(error.name) ? null : Promise.reject(error))
}

/** Everything under exactly this key, markers included. What is not versioned has one version, called `null`. */
export async function versionsOf({ bucket, key }: Place): Promise<Version[]> {
  const found = await s3.listObjectVersions({ Bucket: bucket, Prefix: key }).catch(nullIf('NoSuchBucket'))
  const under = <Listed extends { Key?: string | undefined }>(listed: Listed[] = []) =>
    listed.filter(({ Key }) => Key === key)
  return [
    ...under(found?.Versions).map((one) => ({ ...one, etag: one.ETag ?? '', marker: false })),
    ...under(found?.DeleteMarkers).map((one) => ({ ...one, etag: '', marker: true })),
  ].map(({ VersionId: id = 'null', etag, marker, IsLatest: newest = false }) => ({ id, etag, marker, newest }))
}
export const newest = async (place: Place) => (await versionsOf(place)).find((one) => one.newest) ?? null

// Of a version without one Amazon says the second, Ceph the first.
const noLock = nullIf('ObjectLockConfigurationNotFoundError', 'NoSuchObjectLockConfiguration')

export async function hasLock(bucket: string): Promise<boolean> {
  const found = await s3.getObjectLockConfiguration({ Bucket: bucket }).catch(noLock)
  return found?.ObjectLockConfiguration?.ObjectLockEnabled === 'Enabled'
}

export async function isHeld(place: Place, id: string): Promise<boolean> {
  const found = await s3.getObjectLegalHold(at(place, id)).catch(noLock)
  return found?.LegalHold?.Status === 'ON'
}
export const setHeld = (place: Place, id: string, held: boolean) =>
  s3.putObjectLegalHold({ ...at(place, id), LegalHold: { Status: held ? 'ON' : 'OFF' } })

export async function digestOf(place: Place, id: string): Promise<{ sha256: string; bytes: number }> {
  const { Body } = await s3.getObject(at(place, id))
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of Body as AsyncIterable<Uint8Array>) {
    hash.update(chunk)
    bytes += chunk.length
  }
  return { sha256: hash.digest('hex'), bytes }
}

/** From store to store, held from its first moment; not copied again where it is. */
export async function copyOnce({ bucket, key }: Place, id: string, to: Place): Promise<Place & { id: string }> {
  const CopySource = `${[bucket, ...key.split('/')].map(encodeURIComponent).join('/')}?versionId=${id}`
  if ((await newest(to)) === null) await s3.copyObject({ ...at(to), CopySource, ObjectLockLegalHoldStatus: 'ON' })
  return { ...to, id: (await newest(to))?.id ?? 'null' }
}

/** For good. */
export async function erase(place: Place, id: string, held: boolean): Promise<void> {
  if (held) await setHeld(place, id, false)
  await s3.deleteObject(at(place, id))
}
