import { type AnyNotification, defineNotification, type Watchers } from '@guildhall/kit/notifications'
import {
  judgeAssigned,
  type RoundFacts,
  resultsPublished,
  roundClosed,
  roundOpened,
} from './contract/events.ts'

/** To judges and teams, but not to the one who did it. */
const ofJudging = {
  category: 'PROJECTS',
  channels: { IN_APP: true, EMAIL: false, PUSH: true },
  skipsActor: true,
  variables: ['round', 'event'],
} as const

interface Told {
  roundId: string
  roundName: string
  eventId: string
  eventTitle: string
  organizationId: string
  actorId: string | null
}

const facts = ({ roundId, roundName, eventId, eventTitle, organizationId, actorId }: Told) => ({
  actorId,
  subjectId: roundId,
  eventId,
  scopeIds: [eventId, organizationId],
  variables: { round: roundName, event: eventTitle },
})

/** A round that has begun is seen by whoever sees the event. */
const watchers: Watchers<RoundFacts> = {
  kinds: ['rnd'],
  of: ({ roundId, eventId, eventVisibility, organizationId }) => ({
    subjectIds: [roundId],
    visibleTo:
      eventVisibility === 'ORGANIZATION'
        ? [{ membersOf: organizationId }, { helpersOf: eventId }]
        : 'EVERYBODY',
  }),
}

export const notifications: readonly AnyNotification[] = [
  defineNotification({
    ...ofJudging,
    key: 'judging.assigned',
    description: 'You were given projects to judge.',
    event: judgeAssigned,
    recipients: ({ judgeId }) => ({ userIds: [judgeId] }),
    facts: ({ projectCount, ...told }) => ({
      ...facts(told),
      variables: { round: told.roundName, event: told.eventTitle, count: projectCount },
    }),
    variables: ['round', 'event', 'count'],
    templates: {
      en: {
        title: '{count, plural, one {One project} other {# projects}} to judge at {event}',
        body: 'Round: {round}',
      },
      de: {
        title: '{count, plural, one {Ein Projekt} other {# Projekte}} zu bewerten bei {event}',
        body: 'Runde: {round}',
      },
    },
  }),
  defineNotification({
    ...ofJudging,
    key: 'judging.opened',
    description: 'A round that you judge or watch has opened.',
    event: roundOpened,
    recipients: ({ judgeIds }) => ({ userIds: judgeIds }),
    watchers,
    facts,
    templates: {
      en: { title: '{event}: {round} is open{watching, select, yes {} other { for your scores}}' },
      de: { title: '{event}: {round} ist offen{watching, select, yes {} other { für Ihre Wertung}}' },
    },
  }),
  defineNotification({
    ...ofJudging,
    key: 'judging.closed',
    description: 'A round that you judge or watch was closed.',
    event: roundClosed,
    recipients: ({ judgeIds }) => ({ userIds: judgeIds }),
    watchers,
    facts,
    templates: {
      en: { title: '{event}: {round} is closed' },
      de: { title: '{event}: {round} ist geschlossen' },
    },
  }),
  defineNotification({
    ...ofJudging,
    key: 'judging.results',
    description:
      'The results of a round are out in which your project was judged, or a project that you watch, or of an event that you watch.',
    event: resultsPublished,
    channels: { IN_APP: true, EMAIL: true, PUSH: true },
    recipients: ({ memberIds }) => ({ userIds: memberIds }),
    // They tell of the round alone: who sees the event may know, whatever they see of the projects.
    watchers: {
      kinds: ['rnd', 'evt', 'prj'],
      of: (payload) => ({
        ...watchers.of(payload),
        subjectIds: [payload.roundId, payload.eventId, ...payload.projectIds],
      }),
    },
    facts,
    templates: {
      en: { title: '{event}: the results of {round} are out' },
      de: { title: '{event}: Die Ergebnisse von {round} sind da' },
    },
  }),
]
