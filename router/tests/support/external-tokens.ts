import type { OidcIssuer } from '@guildhall/kit/config'
import { importJWK, type JWTPayload, SignJWT } from 'jose'
import type { OidcServer } from './oidc.ts'

/** What access tokens of the issuers in tests name. */
export const audience = 'guildhall-api'

/** An issuer as a configuration trusts it. */
export const trusted = (issuer: string, over: Partial<OidcIssuer> = {}): OidcIssuer => ({
  name: 'elsewhere',
  label: 'Elsewhere',
  issuer,
  clientId: 'house',
  scope: 'openid',
  provision: true,
  tokenAudience: audience,
  ...over,
})

/** A token with whatever is wrong with it, signed with the provider's own key. */
export async function forge(oidc: OidcServer, header: object = {}, claims: JWTPayload = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1_000)
  return new SignJWT({ iss: oidc.issuer, aud: audience, sub: 'alice', iat: now, exp: now + 300, ...claims })
    .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: String(oidc.privateJwk.kid), ...header })
    .sign(await importJWK(oidc.privateJwk, 'RS256'))
}
