/** The stores of the SDK by name, as the killed program opens them. */
import { fileStore, type InboxStore } from '@noticeline/sdk/stores'

export type StoreName = 'file'

/** `file:<folder>` */
export async function openStore(where: string): Promise<InboxStore> {
  const at = where.indexOf(':')
  const [name, rest] = [where.slice(0, at), where.slice(at + 1)]
  switch (name) {
    case 'file':
      return fileStore(rest)
    default:
      throw new Error(`No store is called ${name}`)
  }
}
