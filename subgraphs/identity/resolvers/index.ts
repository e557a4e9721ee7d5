import * as accounts from './accounts.ts'
import * as principals from './principals.ts'
import * as sessions from './sessions.ts'
import { User } from './user.ts'

export const resolvers = {
  Query: { ...accounts.Query, ...principals.Query },
  Mutation: { ...accounts.Mutation, ...sessions.Mutation },
  Subscription: { ...principals.Subscription },
  User,
}
