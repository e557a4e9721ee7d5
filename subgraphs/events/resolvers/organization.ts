import { asReference } from '@guildhall/kit/entities'
import type { OrganizationResolvers } from '../generated/graphql.ts'

export const Organization: OrganizationResolvers = {
  __resolveReference: asReference,
  events: ({ id }, { first, after }, ctx) =>
    ctx.loaders.eventsOfOrganization.load({
      parentId: id,
      page: { first: first ?? 20, after },
      filter: null,
    }),
}
