import { reference } from '@guildhall/kit/entities'
import { payload } from '@guildhall/kit/outcome'
import { grantExtension } from '../commands/grant-extension.ts'
import { closesFor } from '../domain/submission-window.ts'
import type {
  MutationResolvers,
  ProjectExtensionResolvers,
  ProjectResolvers,
  ProjectSubmissionResolvers,
  SubmittedMemberResolvers,
} from '../generated/graphql.ts'
import { isInside, seesDrafts } from '../team.ts'
import { changed } from './changed.ts'

export const Mutation: Partial<MutationResolvers> = {
  grantExtension: async (_, { input }, ctx) =>
    payload('project', changed(ctx, await grantExtension(ctx, input))),
}

export const Project: Partial<ProjectResolvers> = {
  submission: async (project, _, ctx) => {
    const [[submission = null], isVeiled] = await Promise.all([
      ctx.loaders.submission.load(project.id),
      ctx.loaders.veiled.load(project.id),
    ])
    return submission && isVeiled ? { ...submission, members: [], repositoryUrl: null, isVeiled } : submission
  },
  submissions: async (project, _, ctx) =>
    (await seesDrafts(ctx, project)) ? ctx.loaders.submissions.load(project.id) : null,
  submissionsCloseAt: async (project, _, ctx) => {
    const event = project.eventId ? await ctx.loaders.ownTerms.load(project.eventId) : null
    return event && closesFor(event, project)
  },
  extensions: async (project, _, ctx) =>
    (await isInside(ctx, project)) ? ctx.loaders.extensions.load(project.id) : null,
}

export const ProjectSubmission: ProjectSubmissionResolvers = {
  submittedAt: (submission) => submission.at,
  submittedBy: (submission) => ('isVeiled' in submission ? null : reference('User', submission.submittedBy)),
}

export const SubmittedMember: SubmittedMemberResolvers = {
  user: (member) => reference('User', member.userId),
}

export const ProjectExtension: ProjectExtensionResolvers = {
  closesAt: (extension) => extension.until,
  grantedAt: (extension) => extension.at,
  grantedBy: (extension) => reference('User', extension.grantedBy),
}
