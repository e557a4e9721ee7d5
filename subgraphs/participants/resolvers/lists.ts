import { tagRegistrations } from '../commands/tag-registrations.ts'
import type { MutationResolvers, QueryResolvers, RegistrationResolvers } from '../generated/graphql.ts'
import { exportPage } from '../lists/export-page.ts'
import { standing } from '../standing.ts'
import { reviewPayload } from './mutation.ts'

export const Query: QueryResolvers = {
  registrationExport: (_, args, ctx) => exportPage(ctx, args),
}

export const Mutation: MutationResolvers = {
  tagRegistrations: async (_, { input }, ctx) => reviewPayload(await tagRegistrations(ctx, input)),
}

export const Registration: RegistrationResolvers = {
  tags: async ({ organizationId, eventId, tags }, _, ctx) =>
    (await standing.can(ctx, 'participants:review', { organizationId, id: eventId })) ? tags : null,
}
