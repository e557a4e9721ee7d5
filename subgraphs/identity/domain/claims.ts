import type { AuthenticationMethod, SessionRow } from '../tables.ts'
import { isMultiFactor } from './authentication.ts'

/** Short, because a token that was stolen is good until it ends wherever revocations have not been heard of. */
export const accessTokenSeconds = 5 * 60

/** What of a session goes into its access tokens. */
export type TokenSubject = Pick<
  SessionRow,
  'id' | 'userId' | 'createdAt' | 'expiresAt' | 'methods' | 'steppedUpAt' | 'impersonatorId'
>

/** RFC 8176: how a method is called in `amr`. */
const methodReferences: Readonly<Record<AuthenticationMethod, readonly string[]>> = {
  PASSWORD: ['pwd'],
  TOTP: ['otp'],
  RECOVERY_CODE: ['otp'],
  PASSKEY: ['hwk', 'user'],
  EXTERNAL: ['mca'],
  IMPERSONATION: [],
}

/** The claims of an access token (RFC 9068) that follow from its session. */
export const claimsOf = (session: TokenSubject, permissionsVersion: number) => ({
  client_id: 'guildhall',
  sid: session.id,
  pv: permissionsVersion,
  auth_time: secondsOf(session.steppedUpAt ?? session.createdAt),
  amr: amrOf(session.methods),
  acr: isMultiFactor(session.methods) ? 'aal2' : 'aal1',
  // RFC 8693: who acts in the subject's name.
  ...(session.impersonatorId ? { act: { sub: session.impersonatorId } } : {}),
})

/**
 * When a token ends: with its session at the latest. There is no refresh token for those who act as somebody else, so
 * their token lasts as long as their session.
 */
export const tokenEndSeconds = (
  { impersonatorId, expiresAt }: TokenSubject,
  issuedAtSeconds: number,
): number => {
  const sessionEnd = secondsOf(expiresAt)
  return impersonatorId ? sessionEnd : Math.min(issuedAtSeconds + accessTokenSeconds, sessionEnd)
}

export const secondsOf = (instant: Date): number => Math.floor(instant.getTime() / 1000)

function amrOf(methods: readonly AuthenticationMethod[]): string[] {
  const references = methods.flatMap((method) => methodReferences[method])
  return [...new Set(isMultiFactor(methods) ? [...references, 'mfa'] : references)]
}
