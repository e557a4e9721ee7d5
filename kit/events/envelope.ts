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
}

/** Declares a reaction with the payload's type taken from the event's contract. */
export const reactTo = <Payload, Prepared = undefined>(
  event: EventContract<Payload>,
  reaction: {
    prepare?(ctx: Context, event: Envelope<Payload>): Promise<Prepared>
    apply(tx: Transaction, event: Envelope<Payload>, ctx: Context, prepared: Prepared): Promise<void>
  },
): Reaction => ({ event, ...reaction }) as unknown as Reaction

/** Moves envelopes from publishers to consumers: at least once, in order per aggregate. */
export interface Transport {
  /** Hands over events; a repeated hand-over of the same event is harmless. */
  publish(envelopes: readonly Envelope[]): Promise<void>
  /**
   * Starts a consumer. `handle` runs once per event unless it throws; then it is tried again with backoff, and after
   * the last attempt the event is set aside as dead. Other aggregates go on meanwhile.
   */
  consume(consumer: string, eventNames: readonly string[], handle: EventHandler): Promise<RunningConsumer>
  /** Handles what was published so far, as far as it is for consumers of this process; for tests and draining. */
  drain(): Promise<void>
  /** Whether something waits for a consumer of this process that could be handled now. */
  hasWaiting(): Promise<boolean>
  close(): Promise<void>
}

export type EventHandler = (envelope: Envelope) => Promise<void>

export interface RunningConsumer {
  /** Resolves when the delivery at hand is finished and no further one is taken. */
  stop(): Promise<void>
}
