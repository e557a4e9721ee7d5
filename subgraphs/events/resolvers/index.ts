import { Event, EventTransition } from './event.ts'
import { Mutation } from './mutation.ts'
import { Organization } from './organization.ts'
import { Query } from './query.ts'

export const resolvers = { Query, Mutation, Event, EventTransition, Organization }
