import { mergeResolvers } from '@guildhall/kit/merge-resolvers'
import * as checkIn from './check-in.ts'
import * as decisions from './decisions.ts'
import { Event } from './event.ts'
import * as forms from './forms.ts'
import * as invitations from './invitations.ts'
import * as lists from './lists.ts'
import * as live from './live.ts'
import { Mutation } from './mutation.ts'
import { Query } from './query.ts'
import { Registration, RegistrationTransition } from './registration.ts'
import { User } from './user.ts'
import * as waitlist from './waitlist.ts'

export const resolvers = mergeResolvers(
  {
    Query,
    Mutation,
    Registration,
    RegistrationTransition,
    Event,
    User,
  },
  checkIn,
  forms,
  invitations,
  waitlist,
  decisions,
  lists,
  live,
)
