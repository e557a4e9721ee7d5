import { asReference } from '@guildhall/kit/entities'
import type { UserResolvers } from '../generated/graphql.ts'

export const User: UserResolvers = {
  __resolveReference: asReference,
  registrations: ({ id }, { first, after }, ctx) =>
    ctx.viewer?.userId === id
      ? ctx.loaders.registrationsOfUser.load({
          parentId: id,
          page: { first: first ?? 20, after },
          filter: null,
        })
      : null,
}
