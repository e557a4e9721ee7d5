import { mergeResolvers } from '@guildhall/kit/merge-resolvers'
import * as event from './event.ts'
import * as memberships from './memberships.ts'
import { Mutation } from './mutation.ts'
import { Organization } from './organization.ts'
import { Query } from './query.ts'
import * as reminders from './reminders.ts'
import * as series from './series.ts'
import { Subscription } from './subscription.ts'
import * as tracks from './tracks.ts'

export const resolvers = mergeResolvers(
  { Query, Mutation, Subscription, Organization },
  event,
  memberships,
  reminders,
  series,
  tracks,
)
