import type { DomainStatus, ScheduleStatus } from '@guildhall/kit/operating/questions'
import { askDomain, hearAll } from './ask-domains.ts'
import type { BackboneStatus } from './generated/graphql.ts'
import { type Ctx, platform } from './loaders.ts'

/** How the backbone of every domain is doing, as they say it themselves. */
export async function readBackboneStatus(ctx: Ctx): Promise<BackboneStatus> {
  ctx.require('operations:read', platform)
  const { answers, unavailableDomains } = await hearAll(ctx, null, (domain) =>
    askDomain(ctx, domain, { ask: 'status' }),
  )
  return { domains: answers.map(({ domain, answer }) => domainOf(domain, answer)), unavailableDomains }
}

function domainOf(domain: string, { consumer, schedules, ...status }: DomainStatus) {
  return {
    domain,
    ...status,
    schedules: schedules.map(scheduleOf),
    consumer: consumer && {
      ...consumer,
      // A process of before this was told says nothing.
      unreadCount: consumer.unreadCount ?? null,
      heardAt: instantOf(consumer.heardAt),
      replayableEvents: consumer.reactions
        .filter(({ isReplayable }) => isReplayable)
        .map(({ eventName }) => eventName),
    },
  }
}

const scheduleOf = (schedule: ScheduleStatus) => ({
  ...schedule,
  lastRunMs: schedule.lastMs,
  nextDueAt: new Date(schedule.nextDueAt),
  startedAt: instantOf(schedule.startedAt),
  endedAt: instantOf(schedule.endedAt),
  lastGoodAt: instantOf(schedule.lastGoodAt),
})

const instantOf = (text: string | null): Date | null => (text === null ? null : new Date(text))
