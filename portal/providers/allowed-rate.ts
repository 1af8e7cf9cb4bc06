/** How many requests a minute an endpoint asks for itself. Pure. */

/** What `WebHook-Allowed-Rate: *` is noted as: as many as there are. */
export const unlimitedRate = 1_000_000

/** `WebHook-Allowed-Rate` of CloudEvents' web hooks, 4.2: so many requests a minute, or `*`. Anything else is not heard. */
export function allowedRateOf(headers: Readonly<Record<string, string>>): number | null {
  const text = headers['webhook-allowed-rate']?.trim()
  if (text === '*') return unlimitedRate
  if (text === undefined || !/^[1-9][0-9]{0,8}$/.test(text)) return null
  return Math.min(Number(text), unlimitedRate)
}
