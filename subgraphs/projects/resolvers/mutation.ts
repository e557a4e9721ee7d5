import { payload } from '@guildhall/kit/outcome'
import { addProjectMember } from '../commands/add-project-member.ts'
import { advanceProject } from '../commands/advance-project.ts'
import { createProject } from '../commands/create-project.ts'
import { disqualifyProject } from '../commands/disqualify-project.ts'
import { leaveProject } from '../commands/leave-project.ts'
import { removeProjectMember } from '../commands/remove-project-member.ts'
import { reopenProject } from '../commands/reopen-project.ts'
import { submitProject } from '../commands/submit-project.ts'
import { updateProject } from '../commands/update-project.ts'
import { withdrawProject } from '../commands/withdraw-project.ts'
import type { MutationResolvers } from '../generated/graphql.ts'
import { changed } from './changed.ts'

export const Mutation: Partial<MutationResolvers> = {
  createProject: async (_, { input }, ctx) => payload('project', await createProject(ctx, input)),
  advanceProject: async (_, { input }, ctx) =>
    payload('project', changed(ctx, await advanceProject(ctx, input))),
  updateProject: async (_, { input }, ctx) =>
    payload('project', changed(ctx, await updateProject(ctx, input))),
  addProjectMember: async (_, { input }, ctx) =>
    payload('project', changed(ctx, await addProjectMember(ctx, input))),
  removeProjectMember: async (_, { input }, ctx) =>
    payload('project', changed(ctx, await removeProjectMember(ctx, input))),
  leaveProject: async (_, { input }, ctx) => {
    const outcome = changed(ctx, await leaveProject(ctx, input))
    // Whoever left may no longer see what they left.
    const project = outcome.ok ? await ctx.loaders.project.load(input.projectId) : null
    return { ...payload('project', outcome), project }
  },
  submitProject: async (_, { input }, ctx) =>
    payload('project', changed(ctx, await submitProject(ctx, input))),
  reopenProject: async (_, { input }, ctx) =>
    payload('project', changed(ctx, await reopenProject(ctx, input))),
  withdrawProject: async (_, { input }, ctx) =>
    payload('project', changed(ctx, await withdrawProject(ctx, input))),
  disqualifyProject: async (_, { input }, ctx) =>
    payload('project', changed(ctx, await disqualifyProject(ctx, input))),
}
