import { asReference } from '@guildhall/kit/entities'
import type { EventResolvers, OrganizationResolvers, UserResolvers } from '../generated/graphql.ts'
import { projectsOfMember } from '../queries.ts'

export const Event: Partial<EventResolvers> = {
  __resolveReference: asReference,
  projects: ({ id }, { filter, orderBy, first, after }, ctx) =>
    ctx.loaders.projectsOfEvent(orderBy).load({
      parentId: id,
      page: { first: first ?? 20, after },
      filter: filter ?? null,
    }),
}

export const Organization: Partial<OrganizationResolvers> = {
  __resolveReference: asReference,
  projects: ({ id }, { filter, orderBy, first, after }, ctx) =>
    ctx.loaders.projectsOfOrganization(orderBy).load({
      parentId: id,
      page: { first: first ?? 20, after },
      filter: filter ?? null,
    }),
}

export const User: Partial<UserResolvers> = {
  __resolveReference: asReference,
  // One person per operation at most: the one calling.
  projects: ({ id }, _, ctx) => (ctx.viewer?.userId === id ? projectsOfMember(ctx, id) : null),
}
