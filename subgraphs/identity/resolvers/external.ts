import type { Outcome } from '@guildhall/kit/outcome'
import { payload } from '@guildhall/kit/outcome'
import { admitExternalToken } from '../commands/admit-external-token.ts'
import { completeExternalLogin } from '../commands/complete-external-login.ts'
import { linkExternalIdentity } from '../commands/link-external-identity.ts'
import { startExternalLink } from '../commands/start-external-link.ts'
import { startExternalLogin } from '../commands/start-external-login.ts'
import { unlinkExternalIdentity } from '../commands/unlink-external-identity.ts'
import type { Flow } from '../external/external-flow.ts'
import { issuerIdentified } from '../external/external-issuers.ts'
import type { ExternalIdentityResolvers, MutationResolvers, QueryResolvers } from '../generated/graphql.ts'
import { settings } from '../settings.ts'

export const Query: QueryResolvers = {
  externalIssuers: () => settings().OIDC_ISSUERS,
}

export const Mutation: MutationResolvers = {
  startExternalLogin: async (_, { input }, ctx) => flowPayload(await startExternalLogin(ctx, input)),
  startExternalLink: async (_, { input }, ctx) => flowPayload(await startExternalLink(ctx, input)),
  completeExternalLogin: async (_, { input }, ctx) => {
    const { ended, userErrors } = payload('ended', await completeExternalLogin(ctx, input))
    return {
      tokens: ended?.login?.tokens ?? null,
      challenge: ended?.login?.challenge ?? null,
      user: ended?.login?.user ?? null,
      link: ended?.link ?? null,
      externalIdentity: ended?.externalIdentity ?? null,
      returnTo: ended?.returnTo ?? null,
      userErrors,
    }
  },
  linkExternalIdentity: async (_, { input }, ctx) =>
    payload('externalIdentity', await linkExternalIdentity(ctx, input)),
  unlinkExternalIdentity: async (_, { input }, ctx) =>
    payload('removedExternalIdentityId', await unlinkExternalIdentity(ctx, input)),
  admitExternalToken: async (_, { input }, ctx) => payload('principal', await admitExternalToken(ctx, input)),
}

export const ExternalIdentity: ExternalIdentityResolvers = {
  issuer: ({ issuer }) => issuerIdentified(issuer) ?? null,
}

function flowPayload(outcome: Outcome<Flow>) {
  const { flow, userErrors } = payload('flow', outcome)
  return {
    authorizationUrl: flow?.authorizationUrl ?? null,
    flowToken: flow?.flowToken ?? null,
    expiresAt: flow?.expiresAt ?? null,
    userErrors,
  }
}
