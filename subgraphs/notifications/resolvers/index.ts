import { Announcement, Event } from './announcement.ts'
import { Mutation } from './mutation.ts'
import { Node, Notification } from './notification.ts'
import { Query } from './query.ts'
import { Subscription } from './subscription.ts'
import { User } from './user.ts'

export const resolvers = {
  Query,
  Mutation,
  Subscription,
  Notification,
  Node,
  Announcement,
  Event,
  User,
}
