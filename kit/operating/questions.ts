import { z } from 'zod'
import type { Envelope } from '../events/envelope.ts'

const seq = z.number().int().nonnegative()
const instant = z.iso.datetime()

/** Which events that were given up are meant; an absent part says nothing. */
export const deadFilter = z.object({
  /** Dead letters' own ids, see `dead-letters.ts`. */
  ids: z.array(z.guid()).optional(),
  eventName: z.string().optional(),
  aggregate: z.string().optional(),
  /** Given up then or later. */
  since: instant.optional(),
})
export type DeadFilter = z.infer<typeof deadFilter>

/** What an operator may ask a domain about its part of the backbone. */
export const backboneQuestion = z.discriminatedUnion('ask', [
  z.object({ ask: z.literal('status') }),
  z.object({
    ask: z.literal('deadLetters'),
    filter: deadFilter,
    first: z.number().int(),
    after: z.string().nullable(),
  }),
  /** Which numbers of the domain's log a range is. */
  z.object({
    ask: z.literal('logRange'),
    from: instant.nullable(),
    to: instant.nullable(),
    fromSeq: seq.nullable(),
    toSeq: seq.nullable(),
  }),
  /** The next events of a range, and of what happened to the same aggregates after it. */
  z.object({
    ask: z.literal('logPage'),
    names: z.array(z.string()),
    fromSeq: seq,
    toSeq: seq.nullable(),
    after: seq,
    limit: z.number().int(),
  }),
  /** How far the domain has got with what was put into its mailbox again. */
  z.object({ ask: z.literal('replayProgress'), replayId: z.guid() }),
])
export type BackboneQuestion = z.infer<typeof backboneQuestion>

const envelope = z.object({
  id: z.guid(),
  name: z.string(),
  version: z.number().int(),
  aggregate: z.string(),
  actor: z.string().nullable(),
  occurredAt: z.string(),
  payload: z.unknown(),
})

/** What an operator may have a domain do; asked again under the same key it does nothing twice. */
export const backboneOrder = z.discriminatedUnion('order', [
  z.object({
    order: z.enum(['redrive', 'discard']),
    key: z.string(),
    filter: deadFilter,
    limit: z.number().int().positive(),
  }),
  z.object({ order: z.literal('deposit'), replayId: z.guid(), envelopes: z.array(envelope) }),
])
export type BackboneOrder = z.infer<typeof backboneOrder>

/** An event that a domain has given up. Instants are RFC 3339. */
export interface DeadLetter {
  /** Of the delivery, not of the event: several domains may have given up the same event. */
  id: string
  consumer: string
  event: Envelope
  attempts: number
  lastError: string | null
  deadAt: string
}

/** How a schedule is doing. */
export interface ScheduleStatus {
  name: string
  everySeconds: number
  nextDueAt: string
  isRunning: boolean
  startedAt: string | null
  endedAt: string | null
  lastMs: number | null
  lastError: string | null
  lastGoodAt: string | null
}

/** How a domain's part of the backbone is doing. */
export interface DomainStatus {
  transport: string | null
  unsentCount: number
  oldestUnsentSeconds: number
  /** Null for a domain without reactions. */
  consumer: {
    /** Null when the broker does not answer. */
    unreadCount: number | null
    waitingCount: number
    oldestWaitingSeconds: number
    deadCount: number
    heardAt: string | null
    reactions: { eventName: string; isReplayable: boolean }[]
  } | null
  schedules: ScheduleStatus[]
}

/** What a domain answers. */
export interface BackboneAnswers {
  status: DomainStatus
  deadLetters: { letters: DeadLetter[]; totalCount: number }
  /** @see logRange: `isKept` says whether the log still has its beginning. */
  logRange: { fromSeq: number; toSeq: number | null; isKept: boolean; keptSince: string | null }
  /** `after` is where to go on; events of pages are in order. */
  logPage: { envelopes: Envelope[]; after: number; isEnd: boolean }
  replayProgress: { waitingCount: number; deadCount: number }
  redrive: { ids: string[] }
  discard: { ids: string[] }
  deposit: { isDeposited: true }
}
