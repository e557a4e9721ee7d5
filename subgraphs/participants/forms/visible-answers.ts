import type { Ctx } from '../loaders.ts'
import { standing } from '../standing.ts'
import type { RegistrationAnswerRow, RegistrationRow } from '../tables.ts'
import { isManager } from './rights.ts'

/** What somebody who sees a registration sees of the person and of the answers. */
type Sight = 'ALL' | 'BLIND' | 'DOOR'

/**
 * Participants and managers see all. Reviewers do, unless the form is reviewed blind: then they see neither who it is nor
 * answers that tell. Who sees a registration for another reason, such as the people at the door, sees what is asked there.
 */
async function sightOf(ctx: Ctx, registration: RegistrationRow): Promise<Sight> {
  const { organizationId, eventId, userId, formId } = registration
  if (ctx.caller.kind === 'service' || ctx.viewer?.userId === userId) return 'ALL'
  if (await isManager(ctx, registration)) return 'ALL'
  if (!(await standing.can(ctx, 'participants:review', { organizationId, id: eventId }))) return 'DOOR'
  const form = formId === null ? null : await ctx.loaders.anyRegistrationForm.load(formId)
  return form?.isReviewBlind ? 'BLIND' : 'ALL'
}

/** Whether the caller decides on the registration without knowing who it is. */
export const isBlind = async (ctx: Ctx, registration: RegistrationRow): Promise<boolean> =>
  (await sightOf(ctx, registration)) === 'BLIND'

/** Whether the caller must not know that somebody did something to a registration: it was the participant. */
export async function isHidden(ctx: Ctx, registrationId: string, actorId: string | null): Promise<boolean> {
  if (actorId === null) return false
  const registration = await ctx.loaders.registration.load(registrationId)
  return registration?.userId === actorId && isBlind(ctx, registration)
}

/** The answers of a registration, as far as the caller may see them. */
export async function visibleAnswers(
  ctx: Ctx,
  registration: RegistrationRow,
): Promise<RegistrationAnswerRow[]> {
  if (registration.answersDeletedAt) return []
  const [sight, answers] = await Promise.all([
    sightOf(ctx, registration),
    ctx.loaders.answersOf.load(registration.id),
  ])
  if (sight === 'DOOR') return answers.filter(({ definition }) => definition.isAskedAtCheckIn)
  return sight === 'BLIND' ? answers.filter(({ definition }) => !definition.isIdentifying) : answers
}
