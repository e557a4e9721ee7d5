import { hash } from 'node:crypto'
import { Unauthenticated } from '@guildhall/kit/errors'

/** What a caller shows to be known by. */
export type Credential =
  | { kind: 'token'; token: string }
  /** The key itself goes no further: neither our caches nor identity hold it. */
  | { kind: 'key'; keyHash: string }

/**
 * Undefined when there is no header.
 *
 * @throws Unauthenticated for anything but one bearer token or API key.
 */
export function readCredential(authorization: string | undefined): Credential | undefined {
  const bearer = bearerText(authorization)
  if (bearer === undefined) return undefined
  if (isApiKey(bearer)) return { kind: 'key', keyHash: hash('sha256', bearer, 'base64url') }
  if (isToken(bearer)) return { kind: 'token', token: bearer }
  throw malformed()
}

/** Undefined when there is no header. @throws Unauthenticated for anything but one bearer token. */
export function bearerToken(authorization: string | undefined): string | undefined {
  const bearer = bearerText(authorization)
  if (bearer !== undefined && !isToken(bearer)) throw malformed()
  return bearer
}

/** Nothing that has this shape is a JWT: there are no dots in it. */
export const isApiKey = (text: string): boolean => /^ghk_[A-Za-z0-9_-]{20,120}$/.test(text)

const isToken = (text: string): boolean => /^[\w-]+\.[\w-]+\.[\w-]*$/.test(text)

function bearerText(authorization: string | undefined): string | undefined {
  const header = authorization?.trim()
  if (!header) return undefined
  const bearer = /^bearer +(\S+)$/i.exec(header)?.[1]
  if (bearer === undefined) throw malformed()
  return bearer
}

const malformed = () => new Unauthenticated('The Authorization header is not a bearer token.')

const secretNames = /token|authorization|bearer|jwt|api[-_]?key|secret/i
const secretValues = /^(bearer |eyJ|ghk_)/i

/** Addresses are written into logs and histories: a credential in one is refused, so that nobody gets used to it. */
export function hasCredential(url: string): boolean {
  const start = url.indexOf('?')
  if (start < 0) return false
  for (const [name, value] of new URLSearchParams(url.slice(start)))
    if (secretNames.test(name) || secretValues.test(value)) return true
  return false
}
