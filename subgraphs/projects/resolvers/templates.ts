import { reference } from '@guildhall/kit/entities'
import { payload } from '@guildhall/kit/outcome'
import { archiveProjectTemplate } from '../commands/archive-project-template.ts'
import { createProjectTemplate } from '../commands/create-project-template.ts'
import { updateProjectTemplate } from '../commands/update-project-template.ts'
import type {
  MutationResolvers,
  OrganizationResolvers,
  ProjectTemplateResolvers,
  QueryResolvers,
} from '../generated/graphql.ts'

export const Query: Partial<QueryResolvers> = {
  projectTemplate: (_, { id }, ctx) => ctx.loaders.template.load(id),
}

export const Mutation: Partial<MutationResolvers> = {
  createProjectTemplate: async (_, { input }, ctx) =>
    payload('template', await createProjectTemplate(ctx, input)),
  updateProjectTemplate: async (_, { input }, ctx) =>
    payload('template', await updateProjectTemplate(ctx, input)),
  archiveProjectTemplate: async (_, { input }, ctx) =>
    payload('template', await archiveProjectTemplate(ctx, input)),
}

export const ProjectTemplate: ProjectTemplateResolvers = {
  __resolveReference: async ({ id }, ctx) => ctx.loaders.template.load(id),
  settings: ({ visibility, isOpenToJoin, canMembersInvite }) => ({
    visibility,
    isOpenToJoin,
    canMembersInvite,
  }),
  organization: (template) => reference('Organization', template.organizationId),
}

export const Organization: Partial<OrganizationResolvers> = {
  projectTemplates: ({ id }, { isArchivedShown, first, after }, ctx) =>
    ctx.caller.kind === 'service' || ctx.viewer?.grants[id]
      ? ctx.loaders.templatesOfOrganization.load({
          parentId: id,
          page: { first: first ?? 20, after },
          filter: isArchivedShown,
        })
      : null,
}
