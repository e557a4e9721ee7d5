import { reference } from '@guildhall/kit/entities'
import { payload } from '@guildhall/kit/outcome'
import { cancelRegistration } from '../commands/cancel-registration.ts'
import { releaseStagedDecisions } from '../commands/release-staged-decisions.ts'
import { reopenRegistration } from '../commands/reopen-registration.ts'
import { stageDecisions } from '../commands/stage-decisions.ts'
import { unstageDecisions } from '../commands/unstage-decisions.ts'
import type {
  DecisionReleaseFailureResolvers,
  DecisionReleaseResolvers,
  EventResolvers,
  MutationResolvers,
  QueryResolvers,
  RegistrationResolvers,
  StagedDecisionResolvers,
} from '../generated/graphql.ts'
import { standing } from '../standing.ts'
import { reviewPayload } from './mutation.ts'

export const Query: QueryResolvers = {
  decisionRelease: (_, { id }, ctx) => ctx.loaders.decisionRelease.load(id),
}

export const Mutation: MutationResolvers = {
  stageDecisions: async (_, { input }, ctx) => reviewPayload(await stageDecisions(ctx, input)),
  unstageDecisions: async (_, { input }, ctx) => reviewPayload(await unstageDecisions(ctx, input)),
  releaseStagedDecisions: async (_, { input }, ctx) =>
    payload('release', await releaseStagedDecisions(ctx, input)),
  reopenRegistration: async (_, { input }, ctx) =>
    payload('registration', await reopenRegistration(ctx, input)),
  cancelRegistration: async (_, { input }, ctx) =>
    payload('registration', await cancelRegistration(ctx, input)),
}

export const Registration: RegistrationResolvers = {
  stagedDecision: async ({ id }, _, ctx) => (await ctx.loaders.stagedDecision.load(id))[0] ?? null,
}

export const Event: EventResolvers = {
  stagedDecisionCounts: async ({ id }, _, ctx) => {
    const event = await ctx.loaders.eventSeats.load(id)
    if (!event || !(await standing.can(ctx, 'participants:review', event))) return null
    const counts = await ctx.loaders.stagedCounts.load(id)
    const of = (kind: string) => counts.find(({ decision }) => decision === kind)?.count ?? 0
    return { confirm: of('CONFIRM'), waitlist: of('WAITLIST'), reject: of('REJECT') }
  },
  decisionReleases: async ({ id }, { first, after }, ctx) => {
    const event = await ctx.loaders.eventSeats.load(id)
    if (!event || !(await standing.can(ctx, 'participants:review', event))) return null
    return ctx.loaders.releasesOfEvent.load({
      parentId: id,
      page: { first: first ?? 20, after },
      filter: null,
    })
  },
}

export const StagedDecision: StagedDecisionResolvers = {
  stagedBy: (staged) => reference('User', staged.stagedById),
}

export const DecisionRelease: DecisionReleaseResolvers = {
  __resolveReference: async ({ id }, ctx) => ctx.loaders.decisionRelease.load(id),
  event: (release) => reference('Event', release.eventId),
  startedBy: (release) => reference('User', release.startedById),
  failures: ({ id }, { first, after }, ctx) =>
    ctx.loaders.failuresOfRelease.load({ parentId: id, page: { first: first ?? 20, after }, filter: null }),
}

export const DecisionReleaseFailure: DecisionReleaseFailureResolvers = {
  registration: (failure, _, ctx) => ctx.loaders.registration.load(failure.registrationId),
}
