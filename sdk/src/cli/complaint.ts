import { Refusal, type RefusalCode } from '../refusals.ts'
import type { ExitName } from './exit-codes.ts'

/** Why a command says no: a stable code, what happened, and what to do next. It names no address of an item. */
export class Complaint extends Error {
  readonly code: string
  readonly next: string
  readonly exit: ExitName

  constructor(code: string, message: string, next: string, exit: ExitName = 'refused') {
    super(message)
    this.name = 'Complaint'
    this.code = code
    this.next = next
    this.exit = exit
  }
}

/** A line that was typed wrongly. */
export function misused(code: string, message: string, next: string): Complaint {
  return new Complaint(code, message, next, 'usage')
}

export interface Said {
  readonly code: string
  readonly message: string
  readonly next: string
  readonly exit: ExitName
}

/** What is said about an error: our own in their words, anything else without its words, which may quote an address. */
export function saidOf(error: unknown, reveal: boolean): Said {
  if (error instanceof Complaint) {
    const { code, message, next, exit } = error
    return { code, message, next, exit }
  }
  if (Refusal.is(error)) {
    const { code, message, portalCode } = error
    const told = portalCode === undefined ? message : `${message} (${portalCode})`
    return {
      code,
      message: told,
      ...(afterRefusal[code] ?? { next: 'Mend that and run the command again.', exit: 'refused' }),
    }
  }
  const system = (error as { code?: unknown } | null)?.code
  const known = typeof system === 'string' ? systemErrors[system] : undefined
  if (known !== undefined) return known
  const what = error instanceof Error ? error.name : typeof error
  const message = reveal && error instanceof Error ? `${error.name}: ${error.message}` : `It failed with ${what}.`
  return {
    code: 'unexpected',
    message,
    next: 'Run it again with --reveal to see the words of the error.',
    exit: 'fault',
  }
}

const afterRefusal: Partial<Record<RefusalCode, { readonly next: string; readonly exit: ExitName }>> = {
  issuer_invalid: { next: 'Give the portal as an origin, without a path.', exit: 'usage' },
  keys_invalid: { next: 'Put the key file back from a copy, or make new keys with: noticeline keygen', exit: 'files' },
  keys_readable_by_others: { next: 'chmod 600 the file.', exit: 'files' },
  keys_locked: { next: 'Set NOTICELINE_KEYS_PASSPHRASE to the passphrase of the file.', exit: 'files' },
  store_in_use: { next: 'Stop the process that uses the folder, or give another folder.', exit: 'files' },
  store_key_missing: { next: 'Put it back from a copy.', exit: 'files' },
  store_damaged: {
    next: 'Put the folder back from a copy; what was sent stays at the portal and can be asked for again.',
    exit: 'files',
  },
  store_failed: { next: 'Look at the disk and its permissions.', exit: 'files' },
  portal_unreachable: { next: 'Check the address, the network and the portal, then try again.', exit: 'unreachable' },
  portal_refused: { next: 'Check the token and its scope, then what the portal says.', exit: 'refused' },
}

const systemErrors: Record<string, Said> = {
  ENOENT: files('file_missing', 'A file or folder that is needed is not there.', 'Check the paths that were given.'),
  EACCES: files('file_forbidden', 'A file or folder may not be used by this user.', 'Check its owner and mode.'),
  EPERM: files('file_forbidden', 'A file or folder may not be used by this user.', 'Check its owner and mode.'),
  EISDIR: files('file_is_folder', 'A folder stands where a file is needed.', 'Check the paths that were given.'),
  ENOTDIR: files('file_is_no_folder', 'A file stands where a folder is needed.', 'Check the paths that were given.'),
  ENOSPC: files('disk_full', 'The disk is full.', 'Make room and run the command again.'),
  EADDRINUSE: files('port_in_use', 'The port is used by another process.', 'Give another port, or stop that process.'),
}

function files(code: string, message: string, next: string): Said {
  return { code, message, next, exit: 'files' }
}
