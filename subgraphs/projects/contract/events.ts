import { defineEvent } from '@guildhall/kit/contract'
import { z } from 'zod'

/** Everything that can become of a project. */
export const projectStatuses = [
  'DRAFT',
  'SUBMITTED',
  'UNDER_REVIEW',
  'FINALIST',
  'WINNER',
  'NOT_SELECTED',
  'WITHDRAWN',
  'DISQUALIFIED',
] as const

/** How far a project has come, as its team says; the first is where all begin. */
export const projectStages = [
  'CHALLENGE',
  'PROJECT',
  'RESEARCH',
  'SKETCH',
  'PROTOTYPE',
  'PUBLISH',
  'SHARE',
] as const

/** What a team handed in, as far as it is for everybody; it never changes. */
export const submissionFacts = z.object({
  /** 1 for the first, one more each time it is handed in again. */
  number: z.number().int(),
  title: z.string(),
  summary: z.string().nullable(),
  repositoryUrl: z.string().nullable(),
  demoUrl: z.string().nullable(),
  videoUrl: z.string().nullable(),
  tags: z.array(z.string()),
})

/** What other domains need to know of a project; carried whole, so that nobody has to ask. */
export const projectFacts = z.object({
  projectId: z.string(),
  projectTitle: z.string(),
  /** Null: a project of the organization itself. */
  eventId: z.string().nullable(),
  /** The organization of the event, or the project's own. */
  organizationId: z.string(),
  /** Everybody in the team. */
  memberIds: z.array(z.string()),
  status: z.enum(projectStatuses),
  version: z.number().int(),
  stage: z.enum(projectStages).default('CHALLENGE'),
  /** The tracks in which it runs. What was handed in counts, as soon as something was. */
  trackIds: z.array(z.string()).default([]),
  /** When it was last handed in; null while it has not been. */
  submittedAt: z.iso.datetime().nullable().default(null),
  /** What was last handed in, also while the team works on the next one. */
  submission: submissionFacts.nullable().default(null),
  /** Who sees it without a place in the team. */
  collaboratorIds: z.array(z.string()).default([]),
  /** Who sees it besides team, collaborators and managers: those who belong to organization or event, or everybody. */
  seenBy: z.enum(['TEAM', 'ORGANIZATION', 'EVERYBODY']).default('TEAM'),
  /** Who did it; null: what became of the event. */
  actorId: z.string().nullable(),
})

export type ProjectFacts = z.infer<typeof projectFacts>

const aggregate = ({ projectId }: { projectId: string }) => projectId

export const projectCreated = defineEvent({
  name: 'projects.project.created',
  version: 1,
  description: 'A project was started.',
  payload: projectFacts,
  aggregate,
})

export const projectUpdated = defineEvent({
  name: 'projects.project.updated',
  version: 1,
  description: 'The description of a project changed.',
  payload: projectFacts,
  aggregate,
})

export const projectStatusChanged = defineEvent({
  name: 'projects.project.status_changed',
  version: 1,
  description: 'A project moved along its life; published for every step.',
  payload: projectFacts.extend({ from: projectFacts.shape.status, reason: z.string().nullable() }),
  aggregate,
})

export const projectSubmitted = defineEvent({
  name: 'projects.project.submitted',
  version: 1,
  description: 'A team handed its project in.',
  payload: projectFacts,
  aggregate,
})

export const projectReopened = defineEvent({
  name: 'projects.project.reopened',
  version: 1,
  description: 'A team took its submission back to work on it.',
  payload: projectFacts,
  aggregate,
})

export const projectWithdrawn = defineEvent({
  name: 'projects.project.withdrawn',
  version: 1,
  description: 'A project was given up, by its team or because the event was called off.',
  payload: projectFacts.extend({ reason: z.string().nullable() }),
  aggregate,
})

export const projectMemberJoined = defineEvent({
  name: 'projects.member.joined',
  version: 1,
  description: 'Somebody joined the team of a project.',
  payload: projectFacts.extend({ userId: z.string(), role: z.enum(['OWNER', 'MEMBER']) }),
  aggregate,
})

export const projectMemberLeft = defineEvent({
  name: 'projects.member.left',
  version: 1,
  description: 'Somebody left the team of a project, or was removed from it.',
  payload: projectFacts.extend({ userId: z.string() }),
  aggregate,
})

export const captainChanged = defineEvent({
  name: 'projects.captain.changed',
  version: 1,
  description: 'Another member of the team owns the project from now on.',
  payload: projectFacts.extend({ userId: z.string(), fromUserId: z.string().nullable() }),
  aggregate,
})

export const joinRequestMade = defineEvent({
  name: 'projects.join_request.made',
  version: 1,
  description: 'Somebody would like to join the team of a project.',
  payload: projectFacts.extend({ requestId: z.string(), userId: z.string() }),
  aggregate,
})

export const joinRequestAnswered = defineEvent({
  name: 'projects.join_request.answered',
  version: 1,
  description: 'A team has taken somebody in who had asked, or has turned them down.',
  payload: projectFacts.extend({ requestId: z.string(), userId: z.string(), isAccepted: z.boolean() }),
  aggregate,
})

export const projectAdvanced = defineEvent({
  name: 'projects.project.advanced',
  version: 1,
  description: 'A team says that its project has come to another stage.',
  payload: projectFacts.extend({ fromStage: z.enum(projectStages) }),
  aggregate,
})

export const projectExtensionGranted = defineEvent({
  name: 'projects.extension.granted',
  version: 1,
  description: 'A team may hand in after the deadline, for a reason.',
  payload: projectFacts.extend({ until: z.iso.datetime(), reason: z.string() }),
  aggregate,
})

export const collaboratorAdded = defineEvent({
  name: 'projects.collaborator.added',
  version: 1,
  description: 'Somebody without a place in the team sees what it works on from now on.',
  payload: projectFacts.extend({ userId: z.string(), role: z.enum(['MENTOR', 'VIEWER']) }),
  aggregate,
})

export const collaboratorRemoved = defineEvent({
  name: 'projects.collaborator.removed',
  version: 1,
  description: 'Somebody does not see what the team works on any more.',
  payload: projectFacts.extend({ userId: z.string() }),
  aggregate,
})
