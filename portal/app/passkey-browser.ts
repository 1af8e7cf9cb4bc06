/** What a browser does with a passkey: ours in JSON, its own in bytes. Runs in the browser only. */

interface Described {
  id: string
  type: string
  transports?: string[]
}

export function hasPasskeys(): boolean {
  return typeof window !== 'undefined' && 'PublicKeyCredential' in window && window.isSecureContext
}

/** Asks the person for a new passkey. Null where they would not, or the device cannot. */
export async function makePasskey(options: unknown): Promise<object | null> {
  const asked = options as PublicKeyCredentialCreationOptions & { excludeCredentials?: Described[] }
  const publicKey = {
    ...asked,
    challenge: bytesOf(asked.challenge),
    user: { ...asked.user, id: bytesOf(asked.user.id) },
    excludeCredentials: (asked.excludeCredentials ?? []).map(known),
  } as PublicKeyCredentialCreationOptions
  const made = (await navigator.credentials.create({ publicKey }).catch(() => null)) as PublicKeyCredential | null
  if (!made) return null
  const response = made.response as AuthenticatorAttestationResponse
  return {
    ...outside(made),
    response: {
      clientDataJSON: textOf(response.clientDataJSON),
      attestationObject: textOf(response.attestationObject),
      transports: response.getTransports?.() ?? [],
    },
  }
}

/** Asks the person to show a passkey they have. */
export async function showPasskey(options: unknown): Promise<object | null> {
  const asked = options as PublicKeyCredentialRequestOptions & { allowCredentials?: Described[] }
  const publicKey = {
    ...asked,
    challenge: bytesOf(asked.challenge),
    allowCredentials: (asked.allowCredentials ?? []).map(known),
  } as PublicKeyCredentialRequestOptions
  const shown = (await navigator.credentials.get({ publicKey }).catch(() => null)) as PublicKeyCredential | null
  if (!shown) return null
  const response = shown.response as AuthenticatorAssertionResponse
  return {
    ...outside(shown),
    response: {
      clientDataJSON: textOf(response.clientDataJSON),
      authenticatorData: textOf(response.authenticatorData),
      signature: textOf(response.signature),
      ...(response.userHandle ? { userHandle: textOf(response.userHandle) } : {}),
    },
  }
}

function outside(credential: PublicKeyCredential) {
  const { id, type } = credential
  return { id, rawId: textOf(credential.rawId), type, clientExtensionResults: credential.getClientExtensionResults() }
}

function known(described: Described) {
  return { ...described, id: bytesOf(described.id) }
}

/** base64url, as JSON carries it. */
function bytesOf(text: unknown): Uint8Array<ArrayBuffer> {
  const plain = atob(String(text).replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0))
}

function textOf(bytes: ArrayBuffer): string {
  const plain = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join('')
  return btoa(plain).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
