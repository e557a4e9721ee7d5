import type { Happening } from '../context.ts'
import type { HostHealth } from '../health/host-health.ts'
import type { QueueFacts, ScheduleFacts } from '../health/queues.ts'
import type { Metrics, Reading } from './metrics.ts'

/** Somebody who scrapes often should not make the database count as often. */
const freshMs = 5_000

/** What waits in the tables of domains. Replicas of a domain tell the same: take the maximum, not the sum. */
export function measureQueues(
  metrics: Metrics,
  domains: readonly string[],
  { queues, unread }: Pick<HostHealth, 'queues' | 'unread'>,
): void {
  let counted: { at: number; facts: Promise<Map<string, QueueFacts>> } | undefined
  const facts = () => {
    const now = performance.now()
    if (!counted || now - counted.at > freshMs) counted = { at: now, facts: countAll(domains, queues) }
    return counted.facts
  }
  const gauge = (name: string, help: string, pick: (facts: QueueFacts) => number | undefined) =>
    metrics.gauge(name, help, ['domain'], async () =>
      [...(await facts())].flatMap(([domain, own]): Reading[] => {
        const value = pick(own)
        return value === undefined ? [] : [[[domain], value]]
      }),
    )
  gauge('guildhall_outbox_pending', 'Events that no relay has taken yet.', (f) => f.outboxPending)
  gauge(
    'guildhall_outbox_oldest_age_seconds',
    'How long the oldest of them waits.',
    (f) => f.outboxOldestSeconds,
  )
  gauge(
    'guildhall_events_pending',
    'Deliveries of events that wait for the domain.',
    (f) => f.deliveriesPending,
  )
  gauge(
    'guildhall_events_oldest_age_seconds',
    'How long ago the first of them has happened.',
    (f) => f.deliveriesOldestSeconds,
  )
  gauge('guildhall_events_dead', 'Deliveries that were given up.', (f) => f.deliveriesDead)
  metrics.gauge(
    'guildhall_events_unread',
    'Events in the broker that the domain has not looked at.',
    ['domain'],
    async () => {
      // All at once, or one that is away would have us wait for every domain.
      const counts = await Promise.all(domains.map(async (domain) => [domain, await unread(domain)] as const))
      return counts.flatMap(([domain, count]): Reading[] => (count == null ? [] : [[[domain], count]]))
    },
  )
  const scheduleGauge = (name: string, help: string, pick: (facts: ScheduleFacts) => number) =>
    metrics.gauge(name, help, ['domain', 'schedule'], async () =>
      [...(await facts())].flatMap(([domain, { schedules }]) =>
        schedules.map((schedule): Reading => [[domain, schedule.name], pick(schedule)]),
      ),
    )
  scheduleGauge(
    'guildhall_schedule_overdue_seconds',
    'For how long nobody has begun a run that is due.',
    (schedule) => schedule.overdueSeconds,
  )
  scheduleGauge('guildhall_schedule_failed', 'Whether the last run failed.', (schedule) =>
    Number(schedule.hasFailed),
  )
  gauge('guildhall_mail_pending', 'Mails that wait.', (f) => f.mailsPending)
  gauge(
    'guildhall_mail_oldest_age_seconds',
    'How long the oldest of them waits.',
    (f) => f.mailsOldestSeconds,
  )
}

async function countAll(
  domains: readonly string[],
  queues: (domain: string) => Promise<QueueFacts>,
): Promise<Map<string, QueueFacts>> {
  const counted = new Map<string, QueueFacts>()
  // One after the other: they share the one connection that is kept for this.
  for (const domain of domains) counted.set(domain, await queues(domain))
  return counted
}

/** What the kit tells of a domain's work. */
export function tallyHappenings(metrics: Metrics): (domain: string) => (what: Happening) => void {
  const counters = {
    inboxDuplicate: metrics.counter('guildhall_inbox_duplicates_total', 'Events that came twice.', [
      'domain',
    ]),
    idempotencyHit: metrics.counter('guildhall_idempotency_hits_total', 'Answers given again for a key.', [
      'domain',
    ]),
    eventPublished: metrics.counter('guildhall_outbox_published_total', 'Events taken by a relay.', [
      'domain',
    ]),
    mailSent: metrics.counter('guildhall_mail_sent_total', 'Mails handed over.', ['domain']),
    mailGivenUp: metrics.counter('guildhall_mail_given_up_total', 'Mails given up.', ['domain']),
  } satisfies Record<Happening, unknown>
  return (domain) => (what) => counters[what](domain).inc()
}

/** What became of notifications that were to leave the house. */
export function tallyDeliveries(metrics: Metrics | undefined): (channel: string, result: string) => void {
  const counter = metrics?.counter('guildhall_deliveries_total', 'Results of deliveries by channel.', [
    'channel',
    'result',
  ])
  return (channel, result) => counter?.(channel, result).inc()
}
