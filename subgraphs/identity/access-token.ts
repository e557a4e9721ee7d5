import { randomUUID } from 'node:crypto'
import type { Context } from '@guildhall/kit/context'
import { importJWK, SignJWT } from 'jose'
import { settings } from './settings.ts'
import { activeKey } from './signing-keys.ts'

/** Short, because a token that was stolen is good until it ends wherever revocations have not been heard of. */
export const accessTokenSeconds = 5 * 60

/** Whose token it is, and with what it ends: a session or an API key. */
export interface TokenHolder {
  id: string
  userId: string
  expiresAt: Date | null
}

/** What a token says beyond that. */
export interface TokenClaims {
  /** Which program asked for it (RFC 9068). */
  clientId?: string
  /** The permissions it is cut down to. */
  scopes?: readonly string[] | null
  /** Who acts in the person's name (RFC 8693). */
  actorId?: string
  /** How long it lives, if not as long as others. */
  seconds?: number
}

/** A signed access token (RFC 9068) and when it ends: never later than what it stands for. */
export async function issueAccessToken(
  ctx: Context,
  holder: TokenHolder,
  { clientId = 'guildhall', scopes = null, actorId, seconds = accessTokenSeconds }: TokenClaims = {},
): Promise<{ accessToken: string; accessTokenExpiresAt: Date }> {
  const jwk = await activeKey(ctx)
  const issuedAtSeconds = Math.floor(ctx.now().getTime() / 1000)
  const endsAtSeconds = holder.expiresAt ? Math.floor(holder.expiresAt.getTime() / 1000) : Infinity
  const expiresAtSeconds = Math.min(issuedAtSeconds + seconds, endsAtSeconds)
  const accessToken = await new SignJWT({
    sid: holder.id,
    client_id: clientId,
    ...(scopes ? { scope: scopes.join(' ') } : {}),
    ...(actorId ? { act: { sub: actorId } } : {}),
  })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: jwk.kid ?? '' })
    .setIssuer(settings().PUBLIC_URL)
    .setAudience('guildhall')
    .setSubject(holder.userId)
    .setIssuedAt(issuedAtSeconds)
    .setExpirationTime(expiresAtSeconds)
    .setJti(randomUUID())
    .sign(await importJWK(jwk, 'EdDSA'))
  return { accessToken, accessTokenExpiresAt: new Date(expiresAtSeconds * 1000) }
}
