import { Mutation } from './mutation.ts'
import { Query } from './query.ts'
import { Subscription } from './subscription.ts'
import { User } from './user.ts'

export const resolvers = { Query, Mutation, Subscription, User }
