import { done, type Failure, failed, type Outcome } from '@guildhall/kit/outcome'
import contract, { projectCreated } from '../contract.ts'
import { blankDraft, draftProblems, type GivenDraft, tidied } from '../domain/project-draft.ts'
import { isRunning } from '../domain/submission-window.ts'
import { trackProblems } from '../domain/tracks.ts'
import { factsFor } from '../facts.ts'
import type { CreateProjectInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { lockTerms } from '../lock-terms.ts'
import { takesPart, termsFor } from '../projection.ts'
import { type EventTermsRow, type ProjectRow, projectMembers, projects } from '../tables.ts'
import { newJoinCode } from '../teams/new-join-code.ts'
import { templateFor } from '../templates/template-for.ts'

/** Members of a project that belongs to no event. */
const memberLimitDefault = 50

/** Starts a project of which the caller is the first member; one team per person and event is held by the database. */
export async function createProject(ctx: Ctx, input: CreateProjectInput): Promise<Outcome<ProjectRow>> {
  const viewer = ctx.requireViewer()
  const home = await homeOf(ctx, input, viewer.userId)
  if ('failure' in home) return failed(home.failure)
  const template = await templateFor(ctx, input.templateId, home.organizationId)
  if (template === undefined) {
    const path = ['input', 'templateId']
    return failed(contract.failure('NOT_FOUND', 'There is no such template in use.', path))
  }
  const draft = { ...blankDraft, ...template?.draft, ...tidied(givenOf(input)), title: input.title.trim() }
  const trackIds = [...new Set(input.trackIds)]
  const terms = home.eventId ? await ctx.loaders.ownTerms.load(home.eventId) : null
  const problems = [...draftProblems(draft), ...trackProblems(trackIds, terms)]
  if (problems.length > 0) return failed(...problems)

  return ctx.transaction(
    'createProject',
    async (tx) => {
      // What homeOf saw may be over by now; while the terms are locked, the event's next move waits for this project.
      const event = await lockTerms(tx, home.eventId)
      if (event && !isRunning(event)) return failed(notRunning(event))
      const memberLimit = event?.maxTeamSize ?? home.memberLimit
      const now = ctx.now()
      const [project] = await tx
        .insert(projects)
        .values({
          ...draft,
          ...template?.settings,
          ...home,
          trackIds,
          memberLimit,
          id: ctx.newId('prj'),
          joinCode: newJoinCode(),
          memberCount: 1,
          createdAt: now,
          updatedAt: now,
        })
        .returning()
      if (!project) throw new Error('insert returned nothing')
      await tx.insert(projectMembers).values({
        id: ctx.newId('prm'),
        projectId: project.id,
        teamEventId: project.eventId,
        userId: viewer.userId,
        role: 'OWNER',
        joinedAt: now,
      })
      await tx.emit(projectCreated, await factsFor(tx, project, viewer.userId))
      return done(project)
    },
    {
      project_member_one_team: () =>
        contract.failure('ALREADY_IN_TEAM', 'You are in a team of this event.', ['input', 'eventId']),
    },
    input,
  )
}

/** What the caller says of the project itself. */
const givenOf = ({
  idempotencyKey: _key,
  eventId: _event,
  organizationId: _organization,
  templateId: _template,
  trackIds: _tracks,
  title: _title,
  ...given
}: CreateProjectInput): GivenDraft => given

type Home = Pick<ProjectRow, 'eventId' | 'organizationId' | 'memberLimit'>

/** Where the project belongs, if the caller may start one there. */
async function homeOf(
  ctx: Ctx,
  { eventId, organizationId }: CreateProjectInput,
  userId: string,
): Promise<Home | { failure: Failure }> {
  if (eventId && !organizationId) return eventHome(ctx, eventId, userId)
  if (organizationId && !eventId) {
    ctx.require('projects:write', { organizationId })
    return { eventId: null, organizationId, memberLimit: memberLimitDefault }
  }
  return { failure: contract.failure('INVALID_VALUE', 'Give either eventId or organizationId.', ['input']) }
}

async function eventHome(ctx: Ctx, eventId: string, userId: string): Promise<Home | { failure: Failure }> {
  const refuse = (code: 'NOT_FOUND' | 'NOT_A_PARTICIPANT', message: string) => ({
    failure: contract.failure(code, message, ['input', 'eventId']),
  })
  const event = await termsFor(ctx, eventId)
  if (!event) return refuse('NOT_FOUND', 'There is no such event.')
  if (!isRunning(event)) return { failure: notRunning(event) }
  if (!(await takesPart(ctx, eventId, userId))) {
    return refuse('NOT_A_PARTICIPANT', 'Only confirmed participants can start a project.')
  }
  return { eventId, organizationId: event.organizationId, memberLimit: event.maxTeamSize }
}

const notRunning = (event: EventTermsRow): Failure =>
  contract.failure('EVENT_NOT_RUNNING', `The event is ${event.status}.`, ['input', 'eventId'])
