import { payload } from '@guildhall/kit/outcome'
import { muteSubject } from '../commands/mute-subject.ts'
import { unwatchSubject } from '../commands/unwatch-subject.ts'
import { watchSubject } from '../commands/watch-subject.ts'
import type { MutationResolvers, UserResolvers, WatchResolvers } from '../generated/graphql.ts'
import { subjectOf } from '../preferences/subjects.ts'
import { isSelf } from './self.ts'

export const Mutation: MutationResolvers = {
  watchSubject: async (_, { input }, ctx, { schema }) =>
    payload('watch', await watchSubject(ctx, input, schema)),
  muteSubject: async (_, { input }, ctx, { schema }) =>
    payload('watch', await muteSubject(ctx, input, schema)),
  unwatchSubject: async (_, { input }, ctx, { schema }) => {
    const { subjectId, userErrors } = payload('subjectId', await unwatchSubject(ctx, input))
    return { subject: subjectId === null ? null : subjectOf(schema, subjectId), userErrors }
  },
}

export const Watch: WatchResolvers = {
  subject: ({ subjectId }, _, __, { schema }) => subjectOf(schema, subjectId),
}

export const User: UserResolvers = {
  watchedSubjects: ({ id }, { level, first, after }, ctx) =>
    isSelf(ctx, id)
      ? ctx.loaders.watchesOfUser.load({
          parentId: id,
          page: { first: first ?? 20, after },
          filter: level ?? null,
        })
      : null,
}
