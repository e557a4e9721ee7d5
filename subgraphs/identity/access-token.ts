import { randomUUID } from 'node:crypto'
import type { Context } from '@guildhall/kit/context'
import { importJWK, SignJWT } from 'jose'
import { settings } from './settings.ts'
import { activeKey } from './signing-keys.ts'
import type { SessionRow } from './tables.ts'

/** Short, because a token that was stolen is good until it ends wherever revocations have not been heard of. */
export const accessTokenSeconds = 5 * 60

/** A signed access token (RFC 9068) and when it ends. */
export async function issueAccessToken(
  ctx: Context,
  session: Pick<SessionRow, 'id' | 'userId'>,
): Promise<{ accessToken: string; accessTokenExpiresAt: Date }> {
  const jwk = await activeKey(ctx)
  const issuedAtSeconds = Math.floor(ctx.now().getTime() / 1000)
  const expiresAtSeconds = issuedAtSeconds + accessTokenSeconds
  const accessToken = await new SignJWT({ sid: session.id, client_id: 'guildhall' })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: jwk.kid ?? '' })
    .setIssuer(settings().PUBLIC_URL)
    .setAudience('guildhall')
    .setSubject(session.userId)
    .setIssuedAt(issuedAtSeconds)
    .setExpirationTime(expiresAtSeconds)
    .setJti(randomUUID())
    .sign(await importJWK(jwk, 'EdDSA'))
  return { accessToken, accessTokenExpiresAt: new Date(expiresAtSeconds * 1000) }
}
