import { reference } from '@guildhall/kit/entities'
import { payload } from '@guildhall/kit/outcome'
import { addCollaborator } from '../commands/add-collaborator.ts'
import { answerJoinRequest } from '../commands/answer-join-request.ts'
import { joinTeam } from '../commands/join-team.ts'
import { removeCollaborator } from '../commands/remove-collaborator.ts'
import { requestToJoin } from '../commands/request-to-join.ts'
import { rotateJoinCode } from '../commands/rotate-join-code.ts'
import { transferCaptain } from '../commands/transfer-captain.ts'
import { updateProjectSettings } from '../commands/update-project-settings.ts'
import { withdrawJoinRequest } from '../commands/withdraw-join-request.ts'
import { shownJoinCode } from '../domain/join-code.ts'
import type {
  EventResolvers,
  MutationResolvers,
  OpenTeamResolvers,
  ProjectCollaboratorResolvers,
  ProjectJoinRequestResolvers,
  ProjectResolvers,
  UserResolvers,
} from '../generated/graphql.ts'
import { requestsOfPerson } from '../queries.ts'
import { isInside, isManager, ownPlace, seesDrafts } from '../team.ts'
import { changed } from './changed.ts'

export const Mutation: Partial<MutationResolvers> = {
  joinTeam: async (_, { input }, ctx) => payload('project', changed(ctx, await joinTeam(ctx, input))),
  rotateJoinCode: async (_, { input }, ctx) =>
    payload('project', changed(ctx, await rotateJoinCode(ctx, input))),
  transferCaptain: async (_, { input }, ctx) =>
    payload('project', changed(ctx, await transferCaptain(ctx, input))),
  updateProjectSettings: async (_, { input }, ctx) =>
    payload('project', changed(ctx, await updateProjectSettings(ctx, input))),
  requestToJoin: async (_, { input }, ctx) => payload('joinRequest', await requestToJoin(ctx, input)),
  answerJoinRequest: async (_, { input }, ctx) => {
    const outcome = await answerJoinRequest(ctx, input)
    if (outcome.ok) ctx.loaders.forget(outcome.value.projectId)
    return payload('joinRequest', outcome)
  },
  addCollaborator: async (_, { input }, ctx) =>
    payload('project', changed(ctx, await addCollaborator(ctx, input))),
  removeCollaborator: async (_, { input }, ctx) => {
    const outcome = changed(ctx, await removeCollaborator(ctx, input))
    // Whoever has gone may no longer see what they followed.
    const project = outcome.ok ? await ctx.loaders.project.load(input.projectId) : null
    return { ...payload('project', outcome), project }
  },
  withdrawJoinRequest: async (_, { input }, ctx) =>
    payload('joinRequest', await withdrawJoinRequest(ctx, input)),
}

export const Project: Partial<ProjectResolvers> = {
  owner: async (project, _, ctx) => {
    if (await ctx.loaders.veiled.load(project.id)) return null
    const members = await ctx.loaders.members.load(project.id)
    return reference('User', members.find(({ role }) => role === 'OWNER')?.userId ?? null)
  },
  joinCode: async (project, _, ctx) =>
    (await ownPlace(ctx, project)) ? shownJoinCode(project.joinCode) : null,
  settings: ({ visibility, isOpenToJoin, canMembersInvite }) => ({
    visibility,
    isOpenToJoin,
    canMembersInvite,
  }),
  collaborators: async (project, _, ctx) =>
    (await seesDrafts(ctx, project)) ? ctx.loaders.collaborators.load(project.id) : null,
  joinRequests: async (project, { status, first, after }, ctx) =>
    (await isInside(ctx, project))
      ? ctx.loaders.joinRequestsOfProject.load({
          parentId: project.id,
          page: { first: first ?? 20, after },
          filter: status ?? null,
        })
      : null,
}

export const ProjectCollaborator: ProjectCollaboratorResolvers = {
  __resolveReference: async ({ id }, ctx) => ctx.loaders.collaborator.load(id),
  user: (collaborator) => reference('User', collaborator.userId),
}

export const ProjectJoinRequest: ProjectJoinRequestResolvers = {
  __resolveReference: async ({ id }, ctx) => ctx.loaders.joinRequest.load(id),
  user: (request) => reference('User', request.userId),
  project: (request, _, ctx) => ctx.loaders.project.load(request.projectId),
}

export const OpenTeam: OpenTeamResolvers = {
  // The event may have changed its mind since the team was formed.
  memberLimit: async ({ eventId, memberLimit }, _, ctx) =>
    (eventId ? await ctx.loaders.ownTerms.load(eventId) : null)?.maxTeamSize ?? memberLimit,
}

export const Event: Partial<EventResolvers> = {
  openTeams: async ({ id }, { tag, first, after }, ctx) => {
    const event = await ctx.loaders.eventTerms.load(id)
    if (!event || !ctx.viewer) return null
    const manages = await isManager(ctx, { organizationId: event.organizationId, eventId: id })
    if (!manages && !(await ctx.loaders.teamBoard.load(id))) return null
    return ctx.loaders.openTeams.load({
      parentId: id,
      page: { first: first ?? 20, after },
      filter: tag ?? null,
    })
  },
}

export const User: Partial<UserResolvers> = {
  projectJoinRequests: ({ id }, _, ctx) => (ctx.viewer?.userId === id ? requestsOfPerson(ctx, id) : null),
}
