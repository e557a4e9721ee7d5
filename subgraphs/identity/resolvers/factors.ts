import { payload } from '@guildhall/kit/outcome'
import { answerLoginChallenge } from '../commands/answer-login-challenge.ts'
import { confirmTotp } from '../commands/confirm-totp.ts'
import { createRecoveryCodes } from '../commands/create-recovery-codes.ts'
import { enrolTotp } from '../commands/enrol-totp.ts'
import { removeTotp } from '../commands/remove-totp.ts'
import { stepUp } from '../commands/step-up.ts'
import { steppedUpUntil } from '../domain/authentication.ts'
import type { MutationResolvers, UserResolvers } from '../generated/graphql.ts'
import { loginPayload } from './sessions.ts'
import { isPrivyTo } from './user.ts'

export const Mutation: MutationResolvers = {
  answerLoginChallenge: async (_, { input }, ctx) => loginPayload(await answerLoginChallenge(ctx, input)),
  stepUp: async (_, { input }, ctx) => {
    const { session, userErrors } = payload('session', await stepUp(ctx, input))
    return { stepUpExpiresAt: session && steppedUpUntil(session.steppedUpAt), userErrors }
  },
  enrolTotp: async (_, { input }, ctx) => {
    const { enrolment, userErrors } = payload('enrolment', await enrolTotp(ctx, input))
    return { secret: enrolment?.secret ?? null, otpauthUrl: enrolment?.url ?? null, userErrors }
  },
  confirmTotp: async (_, { input }, ctx) => {
    const { added, userErrors } = payload('added', await confirmTotp(ctx, input))
    return { user: added?.user ?? null, recoveryCodes: added?.recoveryCodes ?? null, userErrors }
  },
  removeTotp: async (_, { input }, ctx) => payload('user', await removeTotp(ctx, input)),
  createRecoveryCodes: async (_, { input }, ctx) =>
    payload('recoveryCodes', await createRecoveryCodes(ctx, input)),
}

export const User: Pick<UserResolvers, 'totpFactor' | 'recoveryCodeCount' | 'stepUpExpiresAt'> = {
  totpFactor: async (user, _, ctx) =>
    isPrivyTo(ctx, user) ? ((await ctx.loaders.activeTotp.load(user.id))[0] ?? null) : null,
  recoveryCodeCount: (user, _, ctx) =>
    isPrivyTo(ctx, user) ? ctx.loaders.recoveryCodeCount.load(user.id) : null,
  stepUpExpiresAt: (user, _, ctx) => {
    const until = ctx.viewer?.userId === user.id ? ctx.viewer.steppedUpUntilMs : undefined
    return until !== undefined && until > ctx.now().getTime() ? new Date(until) : null
  },
}
