import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { actorOf } from './actor.ts'
import type { ConstraintFailures, Context, DomainRuntime, Idempotent, Transaction } from './context.ts'
import { Conflict, ServiceUnavailable } from './errors.ts'
import { answerOnce } from './idempotency.ts'
import { failed, type Outcome } from './outcome.ts'
import { postgresError } from './postgres-error.ts'
import { step } from './tracing/tracing.ts'

const attemptsMax = 4
/** A statement has at most 65,535 parameters. */
const eventsPerInsert = 1_000

type NewEvent = DomainRuntime['backbone']['outbox']['$inferInsert']

/** Runs a command's work; the rules stand at `Context.transaction`. */
export async function runTransaction<T>(
  runtime: DomainRuntime,
  ctx: Context,
  name: string,
  work: (tx: Transaction) => Promise<Outcome<T>>,
  constraints: ConstraintFailures,
  idempotent: Idempotent | undefined,
): Promise<Outcome<T>> {
  const startedAt = performance.now()
  const run = () => withRetry(name, () => attempt(runtime, ctx, name, work, constraints, idempotent))
  const outcome = await (runtime.tracing ? step(runtime.tracing, `command ${name}`, {}, run) : run())
  ctx.log.info({ command: name, ms: Math.round(performance.now() - startedAt), outcome: summary(outcome) })
  return outcome
}

async function attempt<T>(
  runtime: DomainRuntime,
  ctx: Context,
  name: string,
  work: (tx: Transaction) => Promise<Outcome<T>>,
  constraints: ConstraintFailures,
  idempotent: Idempotent | undefined,
): Promise<Outcome<T>> {
  const effects: (() => void)[] = []
  const emitted: NewEvent[] = []
  let outcome: Outcome<T>
  try {
    outcome = await runtime.database.db.transaction(async (drizzleTx) => {
      const tx: Transaction = Object.assign(drizzleTx, {
        emit: async (event, payload) => {
          emitted.push({
            id: randomUUID(),
            name: event.name,
            version: event.version,
            aggregate: event.aggregate(payload),
            actor: actorOf(ctx.caller),
            occurredAt: ctx.now(),
            payload: event.payload.parse(payload),
          })
        },
        afterCommit: (effect) => {
          effects.push(effect)
        },
      } satisfies Pick<Transaction, 'emit' | 'afterCommit'>)
      const result = await answerOnce(runtime, ctx, tx, name, idempotent, () => work(tx))
      if (!result.ok) throw new RolledBack(result)
      // One statement for all, as the last thing before the commit: rows are locked for one round trip less.
      for (let from = 0; from < emitted.length; from += eventsPerInsert) {
        await tx.insert(runtime.backbone.outbox).values(emitted.slice(from, from + eventsPerInsert))
      }
      return result
    })
  } catch (error) {
    if (error instanceof RolledBack) return error.outcome as Outcome<T>
    const constraint = postgresError(error)?.constraint_name
    const failure = constraint ? constraints[constraint] : undefined
    if (failure) return failed(failure())
    throw error
  }
  if (emitted.length > 0) runtime.outboxWritten()
  for (const effect of effects) runEffect(effect, name, ctx)
  return outcome
}

/** What was committed stays committed: an effect that throws must not look like a failed command. */
function runEffect(effect: () => void, command: string, { log }: Context): void {
  try {
    effect()
  } catch (error) {
    log.error({ err: error, command }, 'effect after commit failed')
  }
}

/** Carries a failed outcome out of Drizzle's transaction, which rolls back only when something is thrown. */
class RolledBack extends Error {
  readonly outcome: Outcome<unknown>
  constructor(outcome: Outcome<unknown>) {
    super('rolled back')
    this.outcome = outcome
  }
}

/** 40001 serialization failure, 40P01 deadlock: nothing happened, so trying again is safe. 55P03: waited too long. */
async function withRetry<T>(name: string, run: () => Promise<T>): Promise<T> {
  for (let attemptNo = 1; ; attemptNo++) {
    try {
      return await run()
    } catch (error) {
      const code = postgresError(error)?.code
      if (code === '55P03') throw new ServiceUnavailable('This object is busy, try again.', error)
      if (code !== '40001' && code !== '40P01') throw error
      if (attemptNo === attemptsMax)
        throw new Conflict(`Too many callers at once (${name}), try again.`, error)
      await pause(Math.random() * 20 * attemptNo)
    }
  }
}

const summary = (outcome: Outcome<unknown>): string =>
  outcome.ok ? 'done' : outcome.failures.map((failure) => failure.code).join(',')
