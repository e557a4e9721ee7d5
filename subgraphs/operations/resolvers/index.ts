import { EventReplay } from './event-replay.ts'
import { Mutation } from './mutation.ts'
import { OperatorAct } from './operator-act.ts'
import { Query } from './query.ts'

export const resolvers = { Query, Mutation, EventReplay, OperatorAct }
