const plain = /^[\w.:+-]+$/

/**
 * A list as PostgreSQL reads one (its manual, 8.15.6). The driver writes lists as well, a character at a time; batches are
 * made of little else. Null where an element is none of what is written here: then the driver writes it.
 */
export function arrayText(values: readonly unknown[]): string | null {
  let text = '{'
  for (let index = 0; index < values.length; index += 1) {
    const element = elementText(values[index])
    if (element === null) return null
    text += index === 0 ? element : `,${element}`
  }
  return `${text}}`
}

function elementText(value: unknown): string | null {
  if (value === null || value === undefined) return 'NULL'
  if (typeof value === 'string') return stringText(value)
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (value instanceof Date) return `"${value.toISOString()}"`
  if (Buffer.isBuffer(value)) return `"\\\\x${value.toString('hex')}"`
  return null
}

function stringText(value: string): string {
  if (plain.test(value) && !isNull(value)) return value
  return `"${value.replace(/["\\]/g, '\\$&')}"`
}

/** Four letters that would be read as no value at all. */
function isNull(value: string): boolean {
  return value.length === 4 && value.toLowerCase() === 'null'
}
