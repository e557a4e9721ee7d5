import { type AnyNotification, defineNotification } from '@guildhall/kit/notifications'
import {
  captainChanged,
  collaboratorAdded,
  joinRequestAnswered,
  joinRequestMade,
  type ProjectFacts,
  projectExtensionGranted,
  projectMemberJoined,
  projectMemberLeft,
  projectSubmitted,
  projectWithdrawn,
} from './contract/events.ts'

/** To people of a team, but not to the one who did it. */
const ofProjects = {
  category: 'PROJECTS',
  channels: { IN_APP: true, EMAIL: false, PUSH: true },
  skipsActor: true,
  variables: ['project'],
} as const

const facts = ({ projectId, projectTitle, eventId, organizationId, actorId }: ProjectFacts) => ({
  actorId,
  subjectId: projectId,
  eventId,
  scopeIds: [projectId, ...(eventId === null ? [] : [eventId]), organizationId],
  variables: { project: projectTitle },
})

/**
 * Who watches a project is told by its organization only: whether others may see it depends on its event, which an event
 * of this domain does not say.
 */
const watchers = ({ projectId, organizationId, eventId }: ProjectFacts) => ({
  subjectIds: [projectId],
  visibleTo:
    eventId === null ? { membersOf: organizationId } : { holdersOf: 'projects:manage', in: organizationId },
})

export const notifications: readonly AnyNotification[] = [
  defineNotification({
    ...ofProjects,
    key: 'project.joined',
    description: 'You are in the team of a project from now on.',
    event: projectMemberJoined,
    recipients: ({ userId }) => ({ userIds: [userId] }),
    facts,
    templates: {
      en: { title: 'You are in the team of {project}' },
      de: { title: 'Sie gehören zum Team von {project}' },
    },
  }),
  defineNotification({
    ...ofProjects,
    key: 'project.left',
    description: 'You were taken out of the team of a project.',
    event: projectMemberLeft,
    recipients: ({ userId }) => ({ userIds: [userId] }),
    facts,
    templates: {
      en: { title: 'You are no longer in the team of {project}' },
      de: { title: 'Sie gehören nicht mehr zum Team von {project}' },
    },
  }),
  defineNotification({
    ...ofProjects,
    key: 'project.submitted',
    description: 'A project of yours, or one that you watch, was handed in.',
    event: projectSubmitted,
    recipients: ({ memberIds }) => ({ userIds: memberIds }),
    watchers,
    facts,
    templates: {
      en: {
        title: '{watching, select, yes {{project} was handed in} other {Your team handed in {project}}}',
      },
      de: {
        title: '{watching, select, yes {{project} wurde abgegeben} other {Ihr Team hat {project} abgegeben}}',
      },
    },
  }),
  defineNotification({
    ...ofProjects,
    key: 'project.withdrawn',
    description: 'A project of yours, or one that you watch, was given up.',
    event: projectWithdrawn,
    recipients: ({ memberIds }) => ({ userIds: memberIds }),
    watchers,
    facts: ({ reason, ...payload }) => ({
      ...facts(payload),
      variables: { project: payload.projectTitle, reason: reason ?? '' },
    }),
    variables: ['project', 'reason'],
    templates: {
      en: { title: '{project} was withdrawn', body: '{reason}' },
      de: { title: '{project} wurde zurückgezogen', body: '{reason}' },
    },
  }),
  defineNotification({
    ...ofProjects,
    key: 'project.captain_changed',
    description: 'A project is yours from now on.',
    event: captainChanged,
    recipients: ({ userId }) => ({ userIds: [userId] }),
    facts,
    templates: {
      en: { title: '{project} is yours from now on' },
      de: { title: '{project} gehört von nun an Ihnen' },
    },
  }),
  defineNotification({
    ...ofProjects,
    key: 'project.join_requested',
    description: 'Somebody would like to join a team of yours.',
    event: joinRequestMade,
    recipients: ({ memberIds }) => ({ userIds: memberIds }),
    facts,
    templates: {
      en: { title: 'Somebody would like to join {project}' },
      de: { title: 'Jemand möchte bei {project} mitmachen' },
    },
  }),
  defineNotification({
    ...ofProjects,
    key: 'project.join_declined',
    description: 'A team that you have asked has turned you down.',
    event: joinRequestAnswered,
    when: ({ isAccepted }) => !isAccepted,
    recipients: ({ userId }) => ({ userIds: [userId] }),
    facts,
    templates: {
      en: { title: 'The team of {project} has turned you down' },
      de: { title: 'Das Team von {project} hat Ihnen abgesagt' },
    },
  }),
  defineNotification({
    ...ofProjects,
    key: 'project.extension_granted',
    description: 'Your team may hand in later than the others.',
    channels: { IN_APP: true, EMAIL: true, PUSH: true },
    event: projectExtensionGranted,
    recipients: ({ memberIds }) => ({ userIds: memberIds }),
    facts: ({ until, ...payload }) => ({
      ...facts(payload),
      variables: { project: payload.projectTitle, until: new Date(until) },
    }),
    variables: ['project', 'until'],
    templates: {
      en: {
        title: 'You have more time for {project}',
        body: 'Hand it in before {until, date, ::yMMMMdjmmz}.',
      },
      de: {
        title: 'Sie haben mehr Zeit für {project}',
        body: 'Geben Sie es vor {until, date, ::yMMMMdjmmz} ab.',
      },
    },
  }),
  defineNotification({
    ...ofProjects,
    key: 'project.collaborator_added',
    description: 'A team lets you see what it works on.',
    event: collaboratorAdded,
    recipients: ({ userId }) => ({ userIds: [userId] }),
    facts,
    templates: {
      en: { title: 'You see what the team of {project} works on' },
      de: { title: 'Sie sehen, woran das Team von {project} arbeitet' },
    },
  }),
]
