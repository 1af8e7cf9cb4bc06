/**
 * The wire: what travels between a Noticeline portal and those it writes to. For the portal, and for whoever builds
 * another implementation; a provider's receiver is at the main door.
 */
export * from './protocol/body.ts'
export { type ChainCheck, checkChain, genesis, hashOfLink, type Link } from './protocol/chain.ts'
export type { SetClaims } from './protocol/claims.ts'
export * from './protocol/discovery.ts'
export * from './protocol/endpoint-change.ts'
export {
  type Broken,
  checkEvidence,
  type EvidenceBundle,
  type EvidenceCheck,
  evidenceBundle,
  rootSealedType,
  type Whole,
} from './protocol/evidence.ts'
export {
  country,
  duration,
  durationMs,
  httpUrl,
  instant,
  itemId,
  jti,
  noticeId,
  orgId,
  sha256Hex,
} from './protocol/fields.ts'
export { readJsonObject } from './protocol/grammar.ts'
export * from './protocol/issue.ts'
export { createKeySet, type KeySet, type KeySetOptions, type SavedKeySet } from './protocol/key-set.ts'
export {
  checkPublicJwk,
  generateKey,
  type KeyUse,
  type PublicJwkCheck,
  type PublishedJwk,
  thumbprint,
} from './protocol/keys.ts'
export { type Head, inclusionPath, merkleRoot, type PathStep, rootOfPath } from './protocol/merkle.ts'
export * from './protocol/notice.ts'
export * from './protocol/outgoing.ts'
export * from './protocol/poll.ts'
export {
  checkReceiverEvidence,
  type ReceiverEvidence,
  type ReceiverEvidenceCheck,
  receiverEvidence,
} from './protocol/receiver-evidence.ts'
export { type RefusalCode, refuse, type SetErr, type TokenRefusal } from './protocol/refusal.ts'
export * from './protocol/report.ts'
export * from './protocol/schemas.ts'
export {
  clockToleranceSeconds,
  isEnvelope,
  maxBodyBytes,
  maxTokenAgeSeconds,
  openBody,
  type ReceiverKeys,
  seal,
  setDigest,
  signToken,
  type TokenExpectation,
  type TokenHeader,
  type Unsealed,
  unseal,
  type Verification as TokenVerification,
  type VerifiedToken,
  verifyToken,
} from './protocol/token.ts'
export * from './protocol/verification.ts'
export * from './protocol/version.ts'
export * from './protocol/words.ts'
