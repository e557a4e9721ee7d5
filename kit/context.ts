import type { Caller, UserCaller } from './caller.ts'
import type { Clock } from './clock.ts'
import type { EventContract } from './contract.ts'
import type { Database, Db } from './database.ts'
import type { BackboneTables } from './events/tables.ts'
import type { Log } from './log.ts'
import type { Failure, Outcome } from './outcome.ts'
import type { Peers } from './peers.ts'
import type { Signals } from './signals.ts'
import type { TraceContext } from './tracing/trace-context.ts'
import type { Tracing } from './tracing/tracing.ts'
import type { Vault } from './vault.ts'

/** Drizzle inside a transaction. */
type DrizzleTransaction = Parameters<Parameters<Db['transaction']>[0]>[0]

/** The one place that emits; what is registered with `afterCommit` runs only when everything was kept. */
export type Transaction = DrizzleTransaction & {
  /** Writes an event to the outbox: it is published if and only if this transaction commits. */
  emit<Payload>(event: EventContract<Payload>, payload: Payload): Promise<void>
  afterCommit(effect: () => void): void
}

/** Constraint name → what its violation means to the caller. */
export type ConstraintFailures = Readonly<Record<string, () => Failure>>

/** A client's retry key with the input it belongs to. */
export interface Idempotent {
  idempotencyKey?: string | null | undefined
}

/** Anything that belongs to an organization; with null, what belongs to the platform. */
export interface Tenanted {
  organizationId: string | null
  /** With it, permissions that the caller holds for this object alone count too. */
  id?: string
}

/** Where a call came from, as the router saw it. */
export interface Client {
  /** IP address; null for our own services. */
  address: string | null
  userAgent: string | null
}

/**
 * What every resolver, command, query and reaction works with; made once per operation.
 * `Loaders` are the domain's own.
 */
export interface Context<Loaders = unknown> {
  domain: string
  caller: Caller
  /** The person calling, or null for nobody and for services. */
  viewer: UserCaller | null
  requestId: string
  /** Which trace this is part of. */
  trace: TraceContext
  client: Client
  db: Db
  loaders: Loaders
  log: Log
  signals: Signals
  peers: Peers
  /** Seals what is secret before it is written to a column. */
  vault: Vault
  /** The signed context of this operation, to be forwarded when another domain is asked in the caller's name. */
  token: string
  now(): Date
  /** @see DomainRuntime.unread */
  unread(): Promise<number | null>
  /** A fresh id, see `ids.ts`. */
  newId(prefix: string): string
  /** The person calling. @throws Unauthenticated when nobody is logged in. */
  requireViewer(): UserCaller
  /** Whether the caller may do this with an object of an organization, or of the platform. Services may. */
  can(permission: string, object: Tenanted): boolean
  /** @throws Unauthenticated or Forbidden when the caller may not. */
  require(permission: string, object: Tenanted): void
  /**
   * For what is dangerous: demands that the person has proved who they are within the last ten minutes, with a second
   * factor where they have one. Keys and other machines never have. Services pass.
   * @throws Unauthenticated or StepUpRequired.
   */
  requireStepUp(): void
  /**
   * One command, one transaction. A failed outcome rolls back; serialization failures and deadlocks are tried again
   * up to three times; a violated constraint named in `constraints` becomes its failure.
   *
   * @param input when it carries an `idempotencyKey`, the same key gives the same answer and another input is refused.
   */
  transaction<T>(
    name: string,
    work: (tx: Transaction) => Promise<Outcome<T>>,
    constraints?: ConstraintFailures,
    input?: Idempotent,
  ): Promise<Outcome<T>>
}

/** What is worth counting of a domain's work. */
export type Happening = 'inboxDuplicate' | 'idempotencyHit' | 'eventPublished' | 'mailSent' | 'mailGivenUp'

/** What a context is made from; one per domain and process. */
export interface DomainRuntime {
  domain: string
  database: Database
  backbone: BackboneTables
  clock: Clock
  log: Log
  signals: Signals
  peers: Peers
  vault: Vault
  /** Called after a commit that wrote to the outbox, so that the relay need not wait for its poll. */
  outboxWritten(): void
  /** How many events the broker holds that the domain has not looked at; null: it does not answer. Absent: none hears. */
  unread?: (() => Promise<number | null>) | undefined
  /** Absent where nobody records. */
  tracing?: Tracing | undefined
  /** Absent where nobody counts. */
  tally?: ((what: Happening) => void) | undefined
}
