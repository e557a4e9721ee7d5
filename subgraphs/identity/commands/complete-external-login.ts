import type { OidcIssuer } from '@guildhall/kit/config'
import type { Transaction } from '@guildhall/kit/context'
import { ServiceUnavailable } from '@guildhall/kit/errors'
import { done, type Failure, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq, gt, isNull } from 'drizzle-orm'
import type { Configuration } from 'openid-client'
import contract from '../contract.ts'
import { addressOf, type ExternalClaims } from '../domain/external-login.ts'
import { hashOf } from '../domain/refresh-token.ts'
import { redirectNotAllowed, verifierPlace } from '../external/external-flow.ts'
import {
  addIdentity,
  identityConstraints,
  type Known,
  labelOf,
  recognise,
} from '../external/external-identities.ts'
import { discover, exchange, issuerNamed, redirectUrls } from '../external/external-issuers.ts'
import { type LinkOffer, offerLink } from '../external/external-link.ts'
import type { CompleteExternalLoginInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { admit } from '../sessions/admit.ts'
import { type Login, loginOf } from '../sessions/begin-session.ts'
import {
  type ExternalIdentityRow,
  type ExternalLoginRow,
  externalIdentities,
  externalLogins,
} from '../tables.ts'

/** How an external login ended: `login`, `link` or `externalIdentity`. */
export interface ExternalLogin {
  login: Login | null
  link: LinkOffer | null
  externalIdentity: ExternalIdentityRow | null
  returnTo: string
}

const callbackMax = 8_000

/**
 * Finishes what `startExternalLogin` or `startExternalLink` began. The way back is spent before the issuer is asked, so
 * that of many who come back with it one asks; it is opened again only when the issuer did not answer at all.
 */
export async function completeExternalLogin(
  ctx: Ctx,
  input: CompleteExternalLoginInput,
): Promise<Outcome<ExternalLogin>> {
  const callback = input.callbackUrl.length <= callbackMax ? URL.parse(input.callbackUrl) : null
  const flow = callback && (await findFlow(ctx, callback, input.flowToken))
  if (!callback || !flow) return stateMismatch
  const issuer = issuerNamed(flow.issuerName)
  const problem = problemOf(ctx, flow, issuer, callback, input)
  if (!issuer || problem) return failed(problem ?? issuerUnknown())
  const configuration = await discover(ctx, issuer)
  const spent = await spend(ctx, flow)
  if (!spent.ok) return spent
  const claims = await claimsOf(ctx, configuration, issuer, callback, flow)
  if (!claims.ok) return claims
  const ended = flow.userId
    ? await link(ctx, flow.userId, issuer, claims.value)
    : await logIn(ctx, issuer, claims.value)
  return ended.ok ? done({ ...nothing, ...ended.value, returnTo: flow.returnTo }) : ended
}

const nothing = { login: null, link: null, externalIdentity: null }

/** A way back that is open, known to the caller by both its secrets. */
async function findFlow(ctx: Ctx, callback: URL, flowToken: string): Promise<ExternalLoginRow | undefined> {
  const [state, ...more] = callback.searchParams.getAll('state')
  if (!state || more.length > 0) return undefined
  const [flow] = await ctx.db
    .select()
    .from(externalLogins)
    .where(
      and(
        eq(externalLogins.stateHash, hashOf(state)),
        eq(externalLogins.flowHash, hashOf(flowToken)),
        isOpen(ctx),
      ),
    )
  return flow
}

const isOpen = (ctx: Ctx) => and(isNull(externalLogins.usedAt), gt(externalLogins.expiresAt, ctx.now()))

/** What speaks against this way back before anything is spent. */
function problemOf(
  ctx: Ctx,
  flow: ExternalLoginRow,
  issuer: OidcIssuer | undefined,
  callback: URL,
  { callbackUrl }: CompleteExternalLoginInput,
): Failure | null {
  if (addressOf(callbackUrl) !== flow.redirectUrl || !redirectUrls().includes(flow.redirectUrl)) {
    return redirectNotAllowed('callbackUrl')
  }
  // Whoever is led to answer one issuer with what another has given must not succeed (mix-up, RFC 9207).
  const answering = callback.searchParams.getAll('iss')
  if (!issuer || answering.some((identifier) => identifier !== issuer.issuer)) return issuerUnknown()
  if (flow.userId !== null && flow.userId !== ctx.viewer?.userId) return mismatch()
  return null
}

/** Compare-and-set: a way back is good once, whoever else may come with it. */
function spend(ctx: Ctx, flow: ExternalLoginRow): Promise<Outcome<true>> {
  return ctx.transaction('completeExternalLogin.spend', async (tx) => {
    const spent = await tx
      .update(externalLogins)
      .set({ usedAt: ctx.now() })
      .where(and(eq(externalLogins.id, flow.id), isOpen(ctx)))
      .returning({ id: externalLogins.id })
    return spent.length > 0 ? done(true) : stateMismatch
  })
}

async function claimsOf(
  ctx: Ctx,
  configuration: Configuration,
  issuer: OidcIssuer,
  callback: URL,
  flow: ExternalLoginRow,
): Promise<Outcome<ExternalClaims>> {
  const exchanged = await exchange(ctx, configuration, issuer, callback, {
    expectedState: callback.searchParams.get('state') ?? '',
    expectedNonce: flow.nonce,
    pkceCodeVerifier: ctx.vault.open(flow.codeVerifier, verifierPlace(flow)),
  })
  if (exchanged.kind === 'claims') return done(exchanged.claims)
  if (exchanged.kind === 'refused') {
    return failed(notConfirmed(exchanged.code))
  }
  // The issuer may never have seen the code. If it has, it refuses it the second time.
  await ctx.db.update(externalLogins).set({ usedAt: null }).where(eq(externalLogins.id, flow.id))
  throw new ServiceUnavailable('The issuer does not answer, try again later.', exchanged.cause)
}

/** Two transactions: an account that was opened stays, also when it may not be used yet. */
async function logIn(
  ctx: Ctx,
  issuer: OidcIssuer,
  claims: ExternalClaims,
): Promise<Outcome<Partial<ExternalLogin>>> {
  const recognised = await ctx.transaction(
    'completeExternalLogin.recognise',
    (tx) => recogniseOrOffer(ctx, tx, issuer, claims),
    // A rival with another address of the same person was faster.
    { external_identity_unique: () => notConfirmed('EXTERNAL_LOGIN_FAILED') },
  )
  if (!recognised.ok) return recognised
  if (recognised.value.kind === 'offered') return done({ link: recognised.value.offer })
  const { user, identity } = recognised.value
  const admitted = await ctx.transaction('completeExternalLogin', async (tx) => {
    const admission = await admit(ctx, tx, user, ['EXTERNAL'])
    if (admission.ok) {
      await tx
        .update(externalIdentities)
        .set({ lastUsedAt: ctx.now() })
        .where(eq(externalIdentities.id, identity.id))
    }
    return admission
  })
  return admitted.ok ? done({ login: await loginOf(ctx, admitted.value) }) : admitted
}

/** An account that merely has the same address is offered the identity. */
async function recogniseOrOffer(
  ctx: Ctx,
  tx: Transaction,
  issuer: OidcIssuer,
  claims: ExternalClaims,
): Promise<Outcome<Known | { kind: 'offered'; offer: LinkOffer }>> {
  const found = await recognise(ctx, tx, issuer, claims)
  if (!found.ok) return found
  if (found.value.kind === 'known') return done(found.value)
  const { holder, email } = found.value
  const identity = { issuer: issuer.issuer, subject: claims.subject, label: labelOf(claims) }
  return done({ kind: 'offered', offer: await offerLink(ctx, tx, holder, email, identity) })
}

async function link(
  ctx: Ctx,
  userId: string,
  issuer: OidcIssuer,
  claims: ExternalClaims,
): Promise<Outcome<Partial<ExternalLogin>>> {
  const identity = { subject: claims.subject, label: labelOf(claims) }
  const linked = await ctx.transaction(
    'completeExternalLogin.link',
    (tx) => addIdentity(ctx, tx, userId, issuer, identity),
    identityConstraints,
  )
  return linked.ok ? done({ externalIdentity: linked.value }) : linked
}

const notConfirmed = (code: 'NONCE_MISMATCH' | 'EXTERNAL_LOGIN_FAILED') =>
  contract.failure(code, 'The issuer did not confirm this login; begin again.', ['input'])

const mismatch = () =>
  contract.failure(
    'STATE_MISMATCH',
    'This way back is not that of a login which began here, was used, or took too long; begin again.',
    ['input'],
  )
const issuerUnknown = () =>
  contract.failure('ISSUER_UNKNOWN', 'The answer is not that of the issuer that was asked.', [
    'input',
    'callbackUrl',
  ])

const stateMismatch = failed(mismatch())
