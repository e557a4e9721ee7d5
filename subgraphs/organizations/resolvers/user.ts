import { asReference } from '@guildhall/kit/entities'
import { isId } from '@guildhall/kit/ids'
import type { UserResolvers } from '../generated/graphql.ts'
import { pageOf } from './page-of.ts'

export const User: UserResolvers = {
  __resolveReference: asReference,
  memberships: ({ id }, _, ctx) => ctx.loaders.membershipsOfUser.load(id),
  teams: ({ id }, args, ctx) => (isId('usr', id) ? ctx.loaders.teamsOfUser.load(pageOf(id, args)) : null),
}
