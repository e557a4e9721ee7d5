import {
  type AnyNotification,
  type Audience,
  defineNotification,
  type Watchers,
} from '@guildhall/kit/notifications'
import {
  captainChanged,
  collaboratorAdded,
  joinRequestAnswered,
  joinRequestMade,
  type ProjectFacts,
  projectAdvanced,
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

const watchers: Watchers<ProjectFacts> = {
  kinds: ['prj'],
  of: (payload) => ({ subjectIds: [payload.projectId], visibleTo: seenBy(payload) }),
}

/** Who may see the project; whoever helps with an event sees what the members of its organization see. */
function seenBy(payload: ProjectFacts): readonly Audience[] | 'EVERYBODY' {
  const { eventId, organizationId, memberIds, collaboratorIds } = payload
  if (payload.seenBy === 'EVERYBODY') return 'EVERYBODY'
  const always: Audience[] = [
    { userIds: [...memberIds, ...collaboratorIds] },
    { holdersOf: 'projects:manage', in: organizationId, ...(eventId === null ? {} : { on: eventId }) },
  ]
  if (payload.seenBy === 'TEAM') return always
  return [...always, { membersOf: organizationId }, ...(eventId === null ? [] : [{ helpersOf: eventId }])]
}

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
    key: 'project.advanced',
    description: 'A project that you watch has come to another stage.',
    event: projectAdvanced,
    // The team says it: it knows.
    recipients: () => ({ userIds: [] }),
    watchers,
    facts: (payload) => ({
      ...facts(payload),
      variables: { project: payload.projectTitle, stage: payload.stage },
    }),
    variables: ['project', 'stage'],
    templates: {
      en: {
        title:
          '{project} is now at {stage, select, CHALLENGE {the challenge} PROJECT {the plan} RESEARCH {research} SKETCH {the sketch} PROTOTYPE {the prototype} PUBLISH {publication} other {sharing}}',
      },
      de: {
        title:
          '{project} ist jetzt bei {stage, select, CHALLENGE {der Aufgabe} PROJECT {dem Plan} RESEARCH {der Recherche} SKETCH {der Skizze} PROTOTYPE {dem Prototyp} PUBLISH {der Veröffentlichung} other {der Weitergabe}}',
      },
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
