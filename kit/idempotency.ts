import { createHash } from 'node:crypto'
import { and, eq } from 'drizzle-orm'
import { actorOf } from './actor.ts'
import type { Context, DomainRuntime, Idempotent, Transaction } from './context.ts'
import { failed, type Outcome } from './outcome.ts'

/**
 * Runs `work` once per (caller, operation, key). The record is written in the transaction of the effect, so there is
 * no moment in which one exists without the other; a rival with the same key waits for it and gets the same answer.
 * A failed outcome is not kept: nothing happened, and the caller may mend the input and use the key again.
 */
export async function answerOnce<T>(
  runtime: DomainRuntime,
  ctx: Context,
  tx: Transaction,
  operation: string,
  input: Idempotent | undefined,
  work: () => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  const key = input?.idempotencyKey
  if (!key) return work()
  if (!/^[^\p{Cc}]{1,200}$/u.test(key)) return failed(malformed)
  const { idempotency } = runtime.backbone
  const actor = actorOf(ctx.caller) ?? 'anonymous'
  const inputHash = createHash('sha256').update(JSON.stringify(input)).digest('base64url')
  const mine = and(
    eq(idempotency.actor, actor),
    eq(idempotency.operation, operation),
    eq(idempotency.key, key),
  )
  const claimed = await tx
    .insert(idempotency)
    .values({ actor, operation, key, inputHash, createdAt: ctx.now() })
    .onConflictDoNothing()
    .returning({ key: idempotency.key })
  if (claimed.length === 0) {
    const [earlier] = await tx.select().from(idempotency).where(mine)
    if (earlier?.inputHash !== inputHash) return failed(reused)
    runtime.tally?.('idempotencyHit')
    return { ok: true, value: revive(earlier.answer) as T }
  }
  const outcome = await work()
  if (outcome.ok)
    await tx
      .update(idempotency)
      .set({ answer: freeze(outcome.value) })
      .where(mine)
  return outcome
}

const malformed = {
  __typename: 'InputError',
  code: 'INVALID_VALUE',
  message: 'An idempotency key has at most 200 characters, none of them a control character.',
  path: ['input', 'idempotencyKey'],
}

const reused = {
  __typename: 'InputError',
  code: 'IDEMPOTENCY_KEY_REUSED',
  message: 'This idempotency key was used before with another input.',
  path: ['input', 'idempotencyKey'],
}

/** Rows hold dates, JSON does not: they are written as `{"$date": …}` and come back as dates. */
const freeze = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value ?? null, function (this: Record<string, unknown>, name, plain: unknown) {
      const original = this[name]
      return original instanceof Date ? { $date: original.toISOString() } : plain
    }),
  )

const revive = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (_name, plain: unknown) =>
    isFrozenDate(plain) ? new Date(plain.$date) : plain,
  )

const isFrozenDate = (plain: unknown): plain is { $date: string } =>
  typeof plain === 'object' &&
  plain !== null &&
  Object.keys(plain).length === 1 &&
  typeof (plain as { $date?: unknown }).$date === 'string'
