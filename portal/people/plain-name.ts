/**
 * A name as it may stand in a mail: whatever looks like an address is left out of it. Names come from registries, and from
 * forms of years ago, and a mail that holds an address is not sent at all.
 */
export function plainName(name: string): string {
  const plain = name
    .replaceAll(/\b[a-z][a-z+.-]*:\/\/\S*|\bwww\.\S*/gi, '')
    .replaceAll(/[^\p{L}\p{M}\p{N} .,&'’()+-]/gu, ' ')
    .replaceAll(/(?:\d{1,3}\.){3}\d{1,3}|\(dot\)|\bh(?:xx|tt)ps?\b/gi, '')
    .replaceAll(/ {2,}/g, ' ')
    .trim()
    .slice(0, 120)
  return plain === '' ? '–' : plain
}
