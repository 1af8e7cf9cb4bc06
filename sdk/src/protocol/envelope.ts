import { isObject, readBase64url, readJsonSegment } from './grammar.ts'
import { isCoordinate } from './keys.ts'
import { type RefusalCode, refuse, type TokenRefusal } from './refusal.ts'

const allowed = ['alg', 'enc', 'kid', 'cty', 'epk']

/** Everything an envelope says about itself, checked before any key is touched. */
export function checkEnvelopeHeader(body: string): { ok: true; kid: string } | { ok: false; refusal: TokenRefusal } {
  const no = (code: RefusalCode) => ({ ok: false, refusal: refuse(code) }) as const
  const [head, encryptedKey, iv, sealed, tag, more] = body.split('.', 6)
  if (head === undefined || iv === undefined || sealed === undefined || tag === undefined || more !== undefined)
    return no('envelope_malformed')
  const lengths = [iv, tag].map((segment) => readBase64url(segment)?.length)
  if (encryptedKey !== '' || lengths[0] !== 12 || lengths[1] !== 16 || !readBase64url(sealed)?.length)
    return no('envelope_malformed')
  const header = readJsonSegment(head)
  if (!header) return no('envelope_header_malformed')
  if (header['alg'] !== 'ECDH-ES') return no('envelope_alg_not_allowed')
  if (header['enc'] !== 'A256GCM') return no('envelope_enc_not_allowed')
  if (Object.keys(header).some((member) => !allowed.includes(member))) return no('envelope_header_not_allowed')
  if (header['cty'] !== 'JWT') return no('envelope_cty_wrong')
  const { epk, kid } = header
  if (!isObject(epk) || Object.keys(epk).length !== 4 || epk['kty'] !== 'EC' || epk['crv'] !== 'P-256')
    return no('envelope_epk_malformed')
  if (!isCoordinate(epk['x']) || !isCoordinate(epk['y'])) return no('envelope_epk_malformed')
  if (typeof kid !== 'string') return no('envelope_kid_unknown')
  return { ok: true, kid }
}
