import type { Context, Transaction } from '../context.ts'
import type { AnyEventContract, EventContract } from '../contract.ts'

/** An event on its way: what the outbox holds and the transport carries. */
export interface Envelope<Payload = unknown> {
  id: string
  name: string
  version: number
  aggregate: string
  /** Who caused it: a user id, `service:<name>`, or nobody. */
  actor: string | null
  /** RFC 3339. */
  occurredAt: string
  payload: Payload
  /** A copy that an operator has put into a mailbox again: of which replay, and the id under which it is handled once. */
  replay?: { id: string; copyId: string }
}

/** What a domain does when it hears of an event of another domain. Delivered at least once, applied once. */
export interface Reaction {
  event: AnyEventContract
  /**
   * Reads other domains before the transaction opens, as this service: no network call may hold a transaction open.
   * Its result is handed to `apply`.
   */
  prepare?(ctx: Context, event: Envelope<never>): Promise<unknown>
  /** The effect; the inbox row is written in the same transaction, so a redelivered event does nothing. */
  apply(tx: Transaction, event: Envelope<never>, ctx: Context, prepared: never): Promise<void>
  /**
   * What to do instead when an operator replays the event: no more than to keep the projection, nothing that people or
   * other domains would notice. Absent: the event cannot be replayed to this domain.
   */
  rebuild?(tx: Transaction, event: Envelope<never>, ctx: Context, prepared: never): Promise<void>
  /**
   * It locks nothing but rows of its aggregate. Then waiting events have their effects some to a transaction, those of
   * several aggregates in the order of their ids; others would hold what rivals want, in another order than these, for
   * longer than one event takes.
   */
  isLocal?: boolean
  /**
   * The event says all of what it speaks of, as of this version: whatever says it as of a later one makes it void. Of
   * those of one aggregate that would have their effects in one transaction, one that is followed by a later version has
   * none; all of them count as handled. A version, since what comes last need not be the latest.
   */
  snapshotVersion?(payload: never): number
}

/** Declares a reaction with the payload's type taken from the event's contract. */
export const reactTo = <Payload, Prepared = undefined>(
  event: EventContract<Payload>,
  reaction: {
    prepare?(ctx: Context, event: Envelope<Payload>): Promise<Prepared>
    apply(tx: Transaction, event: Envelope<Payload>, ctx: Context, prepared: Prepared): Promise<void>
    rebuild?(tx: Transaction, event: Envelope<Payload>, ctx: Context, prepared: Prepared): Promise<void>
    isLocal?: boolean
    snapshotVersion?(payload: Payload): number
  },
): Reaction => ({ event, ...reaction }) as unknown as Reaction

/** A reaction that does nothing but keep a projection of its aggregate: a replayed event does the same again. */
export const keepFrom = <Payload, Prepared = undefined>(
  event: EventContract<Payload>,
  reaction: {
    prepare?(ctx: Context, event: Envelope<Payload>): Promise<Prepared>
    apply(tx: Transaction, event: Envelope<Payload>, ctx: Context, prepared: Prepared): Promise<void>
    snapshotVersion?(payload: Payload): number
  },
): Reaction => reactTo(event, { ...reaction, rebuild: reaction.apply, isLocal: true })

/** Moves envelopes from publishers to consumers: at least once, in order per aggregate. */
export interface Transport {
  /** As `EVENT_TRANSPORT` calls it. */
  name: string
  /** Hands over events; a repeated hand-over of the same event is harmless. */
  publish(envelopes: readonly Envelope[]): Promise<void>
  /**
   * Makes a consumer known before it starts for the first time: what is published from now on waits for it, and nothing
   * of what was published before.
   */
  register(consumer: string, eventNames: readonly string[]): Promise<void>
  /**
   * Registers a consumer and starts it. Events that wait together are handed over together. One that fails is tried again
   * with backoff, and after the last attempt it is set aside as dead. Other aggregates go on meanwhile.
   */
  consume(consumer: string, eventNames: readonly string[], handle: BatchHandler): Promise<RunningConsumer>
  /** Handles what was published so far, as far as it is for consumers of this process; for tests and draining. */
  drain(): Promise<void>
  /**
   * How many events a broker holds that a consumer has not looked at, whoever they are for; null when it does not answer,
   * 0 where none is in between.
   */
  unread(consumer: string): Promise<number | null>
  /** Whether something waits for a consumer of this process that could be handled now. */
  hasWaiting(): Promise<boolean>
  close(): Promise<void>
}

/** How far a handler has got with the events that it was given. */
export interface Handled {
  /** So many, from the first on, have had their effect. */
  count: number
  /** Why the next one has not; absent when it was not tried. */
  error?: unknown
}

/** Handles some events one after the other; those of one aggregate stand in their order. */
export type BatchHandler = (envelopes: readonly Envelope[]) => Promise<Handled>

export type EventHandler = (envelope: Envelope) => Promise<void>

/** A handler that knows one event at a time. */
export const oneByOne =
  (handle: EventHandler): BatchHandler =>
  async (envelopes) => {
    for (const [count, envelope] of envelopes.entries()) {
      try {
        await handle(envelope)
      } catch (error) {
        return { count, error: error ?? new Error('nothing was thrown') }
      }
    }
    return { count: envelopes.length }
  }

export interface RunningConsumer {
  /** Resolves when the delivery at hand is finished and no further one is taken. */
  stop(): Promise<void>
}
