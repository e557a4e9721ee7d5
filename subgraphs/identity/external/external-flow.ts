import type { Context } from '@guildhall/kit/context'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { buildAuthorizationUrl, calculatePKCECodeChallenge, randomPKCECodeVerifier } from 'openid-client'
import contract from '../contract.ts'
import { flowMinutes, isOwnPath } from '../domain/external-login.ts'
import { hashOf, randomToken } from '../domain/refresh-token.ts'
import type { StartExternalLoginInput } from '../generated/graphql.ts'
import { externalLogins } from '../tables.ts'
import { discover, issuerNamed, redirectUrls } from './external-issuers.ts'

/** A way to an issuer and back. */
export interface Flow {
  authorizationUrl: string
  flowToken: string
  expiresAt: Date
}

/** Where the vault keeps the PKCE verifier of a login. */
export const verifierPlace = ({ id }: { id: string }): string => `identity.external_login.code_verifier:${id}`

/**
 * Opens a way to an issuer and back: code flow with PKCE, state and nonce (RFC 9700).
 *
 * @param userId the person who links one more identity; null: somebody logs in.
 */
export async function openFlow(
  ctx: Context,
  name: string,
  input: StartExternalLoginInput,
  userId: string | null,
): Promise<Outcome<Flow>> {
  const issuer = issuerNamed(input.issuer)
  const problems = [
    ...(issuer
      ? []
      : [contract.failure('ISSUER_UNKNOWN', 'No such issuer is trusted here.', ['input', 'issuer'])]),
    ...(redirectUrls().includes(input.redirectUrl) ? [] : [redirectNotAllowed('redirectUrl')]),
    ...(isOwnPath(input.returnTo)
      ? []
      : [contract.failure('INVALID_VALUE', 'Must be a path of the application.', ['input', 'returnTo'])]),
  ]
  if (!issuer || problems.length > 0) return failed(...problems)
  const configuration = await discover(ctx, issuer)
  const [flowToken, state, nonce] = [randomToken(), randomToken(), randomToken()]
  const verifier = randomPKCECodeVerifier()
  const url = buildAuthorizationUrl(configuration, {
    redirect_uri: input.redirectUrl,
    scope: issuer.scope,
    state,
    nonce,
    code_challenge: await calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  })
  return ctx.transaction(name, async (tx) => {
    const id = ctx.newId('xlg')
    const now = ctx.now()
    const expiresAt = new Date(now.getTime() + flowMinutes * 60_000)
    await tx.insert(externalLogins).values({
      id,
      issuerName: issuer.name,
      stateHash: hashOf(state),
      flowHash: hashOf(flowToken),
      nonce,
      codeVerifier: ctx.vault.seal(verifier, verifierPlace({ id })),
      redirectUrl: input.redirectUrl,
      returnTo: input.returnTo,
      userId,
      createdAt: now,
      expiresAt,
    })
    return done({ authorizationUrl: url.href, flowToken, expiresAt })
  })
}

export const redirectNotAllowed = (field: string) =>
  contract.failure('REDIRECT_NOT_ALLOWED', 'This address is not one that a login may come back to.', [
    'input',
    field,
  ])
