// Who is denied reading: one statement of ours in the bucket's policy names the keys. It holds for every version of them
// and for presigned addresses; what the customer wrote beside it stays.
import { nullIf, type Place, s3 } from './store.ts'

const Sid = 'NoticelineSetAside'
const nameOf = ({ bucket, key }: Place) => `arn:aws:s3:::${bucket}/${key}`
const { KEEPER_ARN } = process.env
const deny = {
  Sid,
  Effect: 'Deny',
  Principal: '*',
  Action: ['s3:GetObject', 's3:GetObjectVersion'],
  // All but the keeper, who has to read what a law says must be kept.
  ...(KEEPER_ARN && { Condition: { ArnNotEquals: { 'aws:PrincipalArn': KEEPER_ARN } } }),
}

async function policyOf(Bucket: string) {
  const found = await s3.getBucketPolicy({ Bucket }).catch(nullIf('NoSuchBucketPolicy'))
  const whole = JSON.parse(found?.Policy ?? '{"Version":"2012-10-17","Statement":[]}')
  const statements: { Sid?: string; Resource?: string | string[] }[] = [whole.Statement].flat()
  const names = statements.filter((one) => one.Sid === Sid).flatMap(({ Resource }) => Resource ?? [])
  return { whole, others: statements.filter((one) => one.Sid !== Sid), names }
}
export const isDenied = async (place: Place) => (await policyOf(place.bucket)).names.includes(nameOf(place))

// To read, change and write back is one turn: of two items in one bucket neither may undo the other.
let turn: Promise<unknown> = Promise.resolve()
export function setDenied(place: Place, denied: boolean): Promise<void> {
  const mine = turn.then(async () => {
    const { whole, others, names } = await policyOf(place.bucket)
    if (names.includes(nameOf(place)) === denied) return
    const Resource = denied ? [...names, nameOf(place)] : names.filter((name) => name !== nameOf(place))
    const Statement = Resource.length === 0 ? others : [...others, { ...deny, Resource }]
    if (Statement.length === 0) await s3.deleteBucketPolicy({ Bucket: place.bucket })
    else await s3.putBucketPolicy({ Bucket: place.bucket, Policy: JSON.stringify({ ...whole, Statement }) })
  })
  turn = mine.catch(() => undefined)
  return mine
}
