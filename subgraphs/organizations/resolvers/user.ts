import { asReference } from '@guildhall/kit/entities'
import type { UserResolvers } from '../generated/graphql.ts'

export const User: UserResolvers = {
  __resolveReference: asReference,
  memberships: ({ id }, _, ctx) => ctx.loaders.membershipsOfUser.load(id),
}
