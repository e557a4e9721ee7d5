import { Event } from './event.ts'
import { Mutation } from './mutation.ts'
import { Query } from './query.ts'
import { Registration, RegistrationTransition } from './registration.ts'
import { User } from './user.ts'

export const resolvers = { Query, Mutation, Registration, RegistrationTransition, Event, User }
