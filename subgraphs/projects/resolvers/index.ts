import { Mutation } from './mutation.ts'
import { Event, Organization, User } from './parents.ts'
import { Project, ProjectMember, ProjectSubmission, ProjectTransition, SubmittedMember } from './project.ts'
import { Query } from './query.ts'

export const resolvers = {
  Query,
  Mutation,
  Project,
  ProjectMember,
  ProjectSubmission,
  ProjectTransition,
  SubmittedMember,
  Event,
  Organization,
  User,
}
