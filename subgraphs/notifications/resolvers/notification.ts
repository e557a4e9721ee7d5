import { loadContracts } from '@guildhall/kit/discover'
import { reference } from '@guildhall/kit/entities'
import { prefixOf } from '@guildhall/kit/ids'
import { writeCursor } from '../domain/stream-cursor.ts'
import type { NotificationResolvers } from '../generated/graphql.ts'

/** Id prefix → GraphQL type, of every domain. */
const typenames = new Map((await loadContracts()).flatMap(({ ids }) => Object.entries(ids)))

export const Notification: NotificationResolvers = {
  __resolveReference: async ({ id }, ctx) => ctx.loaders.notification.load(id),
  cursor: (notification) => writeCursor(notification.recipientId, { seq: notification.seq, revision: null }),
  actor: (notification) => reference('User', notification.actorId),
  subject: ({ subjectId }, _, __, { schema }) => {
    const typename = subjectId === null ? undefined : typenames.get(prefixOf(subjectId) ?? '')
    // A prefix may belong to rows that are no entities of the graph.
    return subjectId !== null && typename !== undefined && schema.getType(typename)
      ? reference(typename, subjectId)
      : null
  },
  event: (notification) => reference('Event', notification.eventId),
  registration: (notification) => reference('Registration', notification.registrationId),
}

/** Subjects are references, which name their type. */
export const Node = { __resolveType: ({ __typename }: { __typename: string }) => __typename }
