import * as accounts from './accounts.ts'
import * as machines from './machines.ts'
import * as principals from './principals.ts'
import * as sessions from './sessions.ts'
import { User } from './user.ts'

export const resolvers = {
  Query: { ...accounts.Query, ...machines.Query, ...principals.Query },
  Mutation: { ...accounts.Mutation, ...machines.Mutation, ...sessions.Mutation },
  Subscription: { ...principals.Subscription },
  User,
  ApiKey: machines.ApiKey,
}
