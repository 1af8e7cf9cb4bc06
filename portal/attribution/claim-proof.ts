/** By what a provider shows that a network is its own. The desk's own word, `platform_desk`, is none of them. */
export const claimProofs = ['registry_mail', 'registry_object', 'parent_consent', 'dns_txt', 'file'] as const
export type ClaimProof = (typeof claimProofs)[number]
