import { randomUUID } from 'node:crypto'
import type { Context } from '@guildhall/kit/context'
import { isId } from '@guildhall/kit/ids'
import { createLocalJWKSet, errors, jwtVerify, SignJWT } from 'jose'
import {
  accessTokenSeconds,
  claimsOf,
  secondsOf,
  type TokenSubject,
  tokenEndSeconds,
} from '../domain/claims.ts'
import { activeSigner, verifyingKeys } from '../keys/signing-keys.ts'
import { settings } from '../settings.ts'
import type { UserRow } from '../tables.ts'

/** A signed token and when it ends. */
export interface AccessToken {
  accessToken: string
  accessTokenExpiresAt: Date
}

/** Whose token it is, and with what it ends. */
export interface TokenHolder {
  id: string
  userId: string
  expiresAt: Date | null
}

/** What a token of a machine says beyond that. */
export interface TokenClaims {
  /** Which program asked for it (RFC 9068). */
  clientId?: string
  /** The permissions it is cut down to. */
  scopes?: readonly string[] | null
}

const audience = 'guildhall'

/** An access token for a session. */
export const issueSessionToken = (
  ctx: Context,
  session: TokenSubject,
  { permissionsVersion }: Pick<UserRow, 'permissionsVersion'>,
): Promise<AccessToken> =>
  sign(
    ctx,
    session.userId,
    tokenEndSeconds(session, secondsOf(ctx.now())),
    claimsOf(session, permissionsVersion),
  )

/** An access token for anything else, which ends with it at the latest. */
export function issueAccessToken(
  ctx: Context,
  holder: TokenHolder,
  { clientId = 'guildhall', scopes = null }: TokenClaims = {},
): Promise<AccessToken> {
  const end = secondsOf(ctx.now()) + accessTokenSeconds
  return sign(ctx, holder.userId, holder.expiresAt ? Math.min(end, secondsOf(holder.expiresAt)) : end, {
    sid: holder.id,
    client_id: clientId,
    ...(scopes ? { scope: scopes.join(' ') } : {}),
  })
}

/** RFC 9068. */
async function sign(
  ctx: Context,
  userId: string,
  expiresAtSeconds: number,
  claims: { sid: string; client_id: string },
): Promise<AccessToken> {
  const { kid, privateKey } = await activeSigner(ctx)
  const accessToken = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid })
    .setIssuer(settings().PUBLIC_URL)
    .setAudience(audience)
    .setSubject(userId)
    .setIssuedAt(secondsOf(ctx.now()))
    .setExpirationTime(expiresAtSeconds)
    .setJti(randomUUID())
    .sign(privateKey)
  return { accessToken, accessTokenExpiresAt: new Date(expiresAtSeconds * 1000) }
}

/** The session of an access token that is good now; null for anything else. */
export async function sessionIdIn(ctx: Context, token: string): Promise<string | null> {
  if (token.split('.').length !== 3) return null
  const keys = createLocalJWKSet({ keys: await verifyingKeys(ctx) })
  try {
    const { payload } = await jwtVerify<{ sid?: unknown }>(token, keys, {
      algorithms: ['EdDSA'],
      typ: 'at+jwt',
      issuer: settings().PUBLIC_URL,
      audience,
      currentDate: ctx.now(),
    })
    return typeof payload.sid === 'string' && isId('ses', payload.sid) ? payload.sid : null
  } catch (error) {
    if (error instanceof errors.JOSEError) return null
    throw error
  }
}
