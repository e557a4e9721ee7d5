import type { Context, Transaction } from '@guildhall/kit/context'
import { idOf, uuidOf } from '@guildhall/kit/ids'
import type { DeadFilter } from '@guildhall/kit/operating/questions'
import { done } from '@guildhall/kit/outcome'
import { and, asc, eq, isNull, lt, or, sql } from 'drizzle-orm'
import { hearAll, orderDomain } from './ask-domains.ts'
import { type OperatorActRow, operatorActs } from './tables.ts'

/** Longer than any domain is waited for. */
const leaseSeconds = 20

const lease = sql`now() + ${leaseSeconds} * interval '1 second'`

/** What somebody wants to be done to dead letters. */
export interface WantedAct {
  kind: 'REDRIVE' | 'DISCARD'
  actorId: string
  reason: string
  consumer: string | null
  filter: DeadFilter
  limit: number
}

/** Writes down what is going to be done, before it is done. */
export async function beginAct(ctx: Context, tx: Transaction, wanted: WantedAct): Promise<OperatorActRow> {
  const [act] = await tx
    .insert(operatorActs)
    .values({ ...wanted, id: ctx.newId('opa'), createdAt: ctx.now(), leasedUntil: lease })
    .returning()
  if (!act) throw new Error('insert returned nothing')
  return act
}

/**
 * Has the domains do what an act says, and writes down what came of it. The act's id is the key of the orders: done a
 * second time after a crash they have no second effect and the same answer.
 */
export async function carryOut(ctx: Context, act: OperatorActRow): Promise<OperatorActRow> {
  const { answers, unavailableDomains } = await hearAll(ctx, act.consumer, (domain) =>
    orderDomain(ctx, domain, {
      order: act.kind === 'DISCARD' ? 'discard' : 'redrive',
      key: act.id,
      filter: act.filter,
      limit: act.limit,
    }),
  )
  const letterIds = answers.flatMap(({ answer }) => answer.ids.map((id) => idOf('ded', id)))
  const outcome = await ctx.transaction('finishAct', async (tx) => {
    const [finished] = await tx
      .update(operatorActs)
      .set({ letterIds, unavailableDomains, finishedAt: ctx.now(), leasedUntil: null })
      .where(and(eq(operatorActs.id, act.id), isNull(operatorActs.finishedAt)))
      .returning()
    return done(finished ?? null)
  })
  return (outcome.ok && outcome.value) || (await actById(ctx, act.id))
}

/** The act as it stands. */
export async function actById(ctx: Context, id: string): Promise<OperatorActRow> {
  const [act] = await ctx.db.select().from(operatorActs).where(eq(operatorActs.id, id))
  if (!act) throw new Error(`no act ${uuidOf('opa', id)}`)
  return act
}

/** Ends an act that a crash has left, if there is one. @returns whether there may be more. */
export async function endLeftAct(ctx: Context): Promise<boolean> {
  const taken = await ctx.transaction('takeLeftAct', async (tx) => {
    const [left] = await tx
      .select({ id: operatorActs.id })
      .from(operatorActs)
      .where(isLeft)
      .orderBy(asc(operatorActs.createdAt))
      .limit(1)
      .for('update', { skipLocked: true })
    if (!left) return done(null)
    const [act] = await tx
      .update(operatorActs)
      .set({ leasedUntil: lease })
      .where(eq(operatorActs.id, left.id))
      .returning()
    return done(act ?? null)
  })
  if (!taken.ok || !taken.value) return false
  await carryOut(ctx, taken.value)
  return true
}

/** Whether a crash has left an act. */
export const hasLeftAct = async (ctx: Context): Promise<boolean> =>
  (await ctx.db.$count(operatorActs, isLeft)) > 0

const isLeft = and(
  isNull(operatorActs.finishedAt),
  or(isNull(operatorActs.leasedUntil), lt(operatorActs.leasedUntil, sql`now()`)),
)
