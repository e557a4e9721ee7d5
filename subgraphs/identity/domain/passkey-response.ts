import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server'
import { z } from 'zod'

const charactersMax = 20_000
const bytes = z.string().regex(/^[\w-]+$/)

const credential = { id: bytes, rawId: bytes, type: z.literal('public-key') }

const registration = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: bytes,
    attestationObject: bytes,
    transports: z.array(z.string().max(32)).max(10).optional(),
  }),
})

const authentication = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: bytes,
    authenticatorData: bytes,
    signature: bytes,
    userHandle: bytes.nullish(),
  }),
})

const clientData = z.object({ challenge: bytes })

/** What `PublicKeyCredential.toJSON()` gave after a registration; null when the text is nothing of the kind. */
export function registrationResponse(text: string): RegistrationResponseJSON | null {
  const read = registration.safeParse(fromJson(text))
  if (!read.success) return null
  const { transports = [], ...response } = read.data.response
  return { ...read.data, response: { ...response, transports }, clientExtensionResults: {} }
}

/** What `PublicKeyCredential.toJSON()` gave after a login; null when the text is nothing of the kind. */
export function authenticationResponse(text: string): AuthenticationResponseJSON | null {
  const read = authentication.safeParse(fromJson(text))
  if (!read.success) return null
  const { userHandle, ...response } = read.data.response
  return {
    ...read.data,
    response: { ...response, ...(userHandle ? { userHandle } : {}) },
    clientExtensionResults: {},
  }
}

/** The challenge that was answered, as the browser wrote it down; the signature over it is checked later. */
export function answeredChallenge(clientDataJSON: string): string | null {
  const read = clientData.safeParse(fromJson(Buffer.from(clientDataJSON, 'base64url').toString('utf8')))
  return read.success ? read.data.challenge : null
}

/** How authenticators know an account; it says nothing about the person. */
export const userHandleOf = (userId: string): string => Buffer.from(userId, 'utf8').toString('base64url')

function fromJson(text: string): unknown {
  if (text.length > charactersMax) return null
  try {
    return JSON.parse(text) as unknown
  } catch {
    return null
  }
}
