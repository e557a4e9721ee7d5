import { mergeResolvers } from '@guildhall/kit/merge-resolvers'
import * as mutation from './mutation.ts'
import * as parents from './parents.ts'
import * as project from './project.ts'
import * as query from './query.ts'
import * as submissions from './submissions.ts'
import * as teams from './teams.ts'
import * as templates from './templates.ts'

export const resolvers = mergeResolvers(query, mutation, project, submissions, teams, templates, parents)
