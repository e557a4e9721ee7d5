import { reference } from '@guildhall/kit/entities'
import { type ProjectStep, projectLife, type StepTaker } from '../domain/project-status.ts'
import { stagesOf } from '../domain/stages.ts'
import { isTooSmall, takesSubmissions } from '../domain/submission-window.ts'
import type {
  ProjectMemberResolvers,
  ProjectResolvers,
  ProjectTransitionResolvers,
} from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import type { ProjectRow } from '../tables.ts'
import { isManager, ownPlace } from '../team.ts'

export const Project: Partial<ProjectResolvers> = {
  __resolveReference: async ({ id }, ctx) => ctx.loaders.project.load(id),
  members: async (project, _, ctx) =>
    (await ctx.loaders.veiled.load(project.id)) ? [] : ctx.loaders.members.load(project.id),
  // It tells whose it is.
  repositoryUrl: async (project, _, ctx) =>
    project.repositoryUrl && (await ctx.loaders.veiled.load(project.id)) ? null : project.repositoryUrl,
  tracks: async (project, _, ctx) => {
    if (project.trackIds.length === 0) return []
    const event = project.eventId ? await ctx.loaders.ownTerms.load(project.eventId) : null
    const known = (event?.tracks ?? []).filter(({ id }) => project.trackIds.includes(id))
    return known.map(({ id }) => reference('EventTrack', id))
  },
  stages: stagesOf,
  event: (project) => reference('Event', project.eventId),
  organization: (project) => reference('Organization', project.organizationId),
  history: async (project, _, ctx) => {
    const [steps, isVeiled] = await Promise.all([
      ctx.loaders.history.load(project.id),
      ctx.loaders.veiled.load(project.id),
    ])
    return isVeiled ? steps.map((step) => ({ ...step, actorId: null })) : steps
  },
  availableTransitions: async (project, _, ctx) => {
    const takers = await takersFor(ctx, project)
    const event = project.eventId ? await ctx.loaders.ownTerms.load(project.eventId) : null
    const blockers = {
      SUBMISSION_CLOSED: !takesSubmissions(event, ctx.now(), project),
      TEAM_TOO_SMALL: isTooSmall(event, project),
    }
    return projectLife[project.status]
      .filter((step) => takers.includes(step.by))
      .flatMap((step) => shown(step, blockers))
  },
}

export const ProjectMember: ProjectMemberResolvers = {
  __resolveReference: async ({ id }, ctx) => ctx.loaders.member.load(id),
  user: (member) => reference('User', member.userId),
}

export const ProjectTransition: ProjectTransitionResolvers = {
  actor: (transition) => reference('User', transition.actorId),
}

async function takersFor(ctx: Ctx, project: ProjectRow): Promise<StepTaker[]> {
  if (!ctx.viewer) return []
  const place = await ownPlace(ctx, project)
  const manages = await isManager(ctx, project)
  const takers: StepTaker[] = place ? ['TEAM'] : []
  if (manages || place?.role === 'OWNER') takers.push('OWNER')
  if (manages) takers.push('MANAGER')
  return takers
}

type Blockers = Record<'SUBMISSION_CLOSED' | 'TEAM_TOO_SMALL', boolean>

const shown = ({ to, mutation, needsReason = false }: ProjectStep, blockers: Blockers) =>
  mutation
    ? [
        {
          to,
          mutation,
          isReasonRequired: needsReason,
          blockedBy: (minds[to] ?? []).filter((code) => blockers[code]),
        },
      ]
    : []

/** What can stand in the way of a step. */
const minds: Partial<Record<ProjectStep['to'], (keyof Blockers)[]>> = {
  SUBMITTED: ['SUBMISSION_CLOSED', 'TEAM_TOO_SMALL'],
  DRAFT: ['SUBMISSION_CLOSED'],
}
