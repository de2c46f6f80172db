/** The browser's part of passkeys (WebAuthn): what the server sends as JSON becomes bytes, and the other way round. */

/** Whether this browser can hold or use passkeys at all. */
export const passkeysPossible = () => typeof window.PublicKeyCredential === 'function'

/** The person has closed the browser's window, or took too long; nothing happened and nothing is wrong. */
export function wasLeft(error: unknown): boolean {
  return error instanceof DOMException && (error.name === 'NotAllowedError' || error.name === 'AbortError')
}

/** This device has a passkey of this person already. */
export function isKnown(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'InvalidStateError'
}

interface Described {
  id: string
  type: string
  transports?: string[]
}

/** `navigator.credentials.create` wants these, in bytes where the server writes base64url. */
export interface CreationJSON {
  challenge: string
  user: { id: string; name: string; displayName: string }
  excludeCredentials?: Described[]
}

export interface RequestJSON {
  challenge: string
  allowCredentials?: Described[]
}

/** Makes a passkey on this device. Rejects with a DOMException: see wasLeft and isKnown. */
export async function makePasskey(options: CreationJSON, signal?: AbortSignal): Promise<unknown> {
  const made = await navigator.credentials.create({
    signal,
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: options.excludeCredentials?.map(described),
    } as unknown as PublicKeyCredentialCreationOptions,
  })
  if (!(made instanceof PublicKeyCredential)) throw new DOMException('no credential', 'NotAllowedError')
  const response = made.response as AuthenticatorAttestationResponse
  return {
    ...common(made),
    response: {
      clientDataJSON: text(response.clientDataJSON),
      attestationObject: text(response.attestationObject),
      transports: response.getTransports?.() ?? [],
    },
  }
}

/** Proves a passkey that this device, or one beside it, holds. */
export async function provePasskey(options: RequestJSON, signal?: AbortSignal): Promise<unknown> {
  const used = await navigator.credentials.get({
    signal,
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      allowCredentials: options.allowCredentials?.map(described),
    } as PublicKeyCredentialRequestOptions,
  })
  if (!(used instanceof PublicKeyCredential)) throw new DOMException('no credential', 'NotAllowedError')
  const response = used.response as AuthenticatorAssertionResponse
  return {
    ...common(used),
    response: {
      clientDataJSON: text(response.clientDataJSON),
      authenticatorData: text(response.authenticatorData),
      signature: text(response.signature),
      userHandle: response.userHandle ? text(response.userHandle) : undefined,
    },
  }
}

function common(credential: PublicKeyCredential) {
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
    clientExtensionResults: credential.getClientExtensionResults(),
  }
}

const described = (each: Described) => ({ ...each, id: bytes(each.id) })

/** From base64url. */
export function bytes(written: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(written.replaceAll('-', '+').replaceAll('_', '/')), (sign) =>
    sign.charCodeAt(0),
  )
}

/** Into base64url without padding. */
export function text(buffer: ArrayBuffer): string {
  const signs = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join('')
  return btoa(signs).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
