import { generateSecret, generateURI, verifySync } from 'otplib'

/** Who issues the codes, as authenticator apps show it. */
const issuer = 'Guildhall'
/** RFC 6238 as every app speaks it: SHA-1, six digits, a new code every 30 seconds. */
const periodSeconds = 30

/** How long somebody may take to scan the secret and type the first code. */
export const enrolmentMinutes = 15

/** A fresh secret: 160 random bits in base32. */
export const newTotpSecret = (): string => generateSecret({ length: 20 })

/** What an authenticator app reads from a QR code. */
export const totpUrl = (secret: string, email: string): string =>
  generateURI({ issuer, label: email, secret, algorithm: 'sha1', digits: 6, period: periodSeconds })

/** The time step that a code belongs to: the current one or a neighbour, for clocks that go wrong. Null: it is wrong. */
export function stepOf(secret: string, code: string, now: Date): number | null {
  const token = code.replace(/\s/g, '')
  if (!/^\d{6}$/.test(token)) return null
  const epoch = Math.floor(now.getTime() / 1000)
  const result = verifySync({ strategy: 'totp', secret, token, epoch, epochTolerance: periodSeconds })
  return result.valid && 'timeStep' in result ? result.timeStep : null
}

/** The place of a secret for the vault. */
export const totpSecretPlace = ({ id }: { id: string }): string => `identity.totp_factor.secret:${id}`
