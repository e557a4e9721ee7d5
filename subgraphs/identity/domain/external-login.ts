import { createHash } from 'node:crypto'

/** What an issuer says of a person. */
export interface ExternalClaims {
  subject: string
  email: string | null
  isEmailVerified: boolean
  /** What others may see, best first. */
  names: readonly unknown[]
  locale: string | null
  timezone: string | null
}

/** How long the way to an issuer and back may take. */
export const flowMinutes = 10
export const identitiesMax = 10

const returnToMax = 2_000
/** Origin that no application has. */
const nowhere = 'https://guildhall.invalid'

/**
 * Whether it is a path within the application, however a browser reads it: `//evil.example`, `/\evil.example` and what
 * becomes one of them when dots are resolved lead elsewhere.
 */
export function isOwnPath(path: string): boolean {
  if (path.length > returnToMax || !/^\/(?!\/)[^\\\p{Cc}\s]*$/u.test(path)) return false
  const url = URL.parse(path, nowhere)
  return url !== null && url.origin === nowhere && !url.pathname.startsWith('//')
}

/** The address without what the issuer has added to it: the text itself, so that nothing is tidied up before it is compared. */
export const addressOf = (callbackUrl: string): string => callbackUrl.split(/[?#]/, 1)[0] ?? ''

/** A name that others may see; never an address, which is for the person alone. */
export function displayNameFrom(candidates: readonly unknown[]): string {
  for (const candidate of candidates) {
    if (typeof candidate !== 'string' || candidate.includes('@')) continue
    const name = Array.from(candidate.replace(/\p{Cc}+/gu, ' ').trim())
      .slice(0, 80)
      .join('')
      .trim()
    if (name) return name
  }
  return 'New member'
}

/** Whether somebody may be who an account with this address belongs to: both sides must have verified it. */
export const isLinkable = (
  claims: Pick<ExternalClaims, 'isEmailVerified'>,
  holder: { emailVerifiedAt: Date | null },
): boolean => claims.isEmailVerified && holder.emailVerifiedAt !== null

/**
 * Whether an access token is the one that an ID token of this algorithm was issued with: the left half of its hash
 * (OpenID Connect Core, 3.1.3.6).
 */
export function fitsAccessTokenHash(atHash: string, accessToken: string, algorithm: string): boolean {
  const hash = /^(?:RS|PS|ES)(256|384|512)$/.exec(algorithm)?.[1] ?? '512'
  const digest = createHash(`sha${hash}`).update(accessToken).digest()
  return digest.subarray(0, digest.length / 2).toString('base64url') === atHash
}
