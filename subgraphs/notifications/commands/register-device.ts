import type { Transaction } from '@guildhall/kit/context'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import type { PushTarget } from '@guildhall/kit/push/message'
import { problemsOf } from '@guildhall/kit/validate'
import { and, desc, eq, notInArray, sql } from 'drizzle-orm'
import { z } from 'zod'
import contract from '../contract.ts'
import { addressHashOf, readTarget, targetPlace } from '../devices/target.ts'
import type { RegisterDeviceInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { devices, recipients } from '../tables.ts'

/** Devices of one person. */
export const devicesMax = 20

const given = z.object({ label: z.string().max(80, 'At most 80 characters.').nullish() })

/** Keeps where the caller is to be pushed to. A token that somebody else has registered before is the caller's from now on. */
export async function registerDevice(
  ctx: Ctx,
  input: RegisterDeviceInput,
): Promise<Outcome<{ deviceId: string }>> {
  const { userId } = ctx.requireViewer()
  const problems = problemsOf(given, input)
  if (problems.length > 0) return failed(...problems)
  const target = targetOf(input)
  if (!target) {
    return failed(
      contract.failure('DEVICE_TOKEN_INVALID', 'This is no token or subscription of that platform.', [
        'input',
        input.platform === 'FCM' ? 'token' : 'subscription',
      ]),
    )
  }
  return ctx.transaction(
    'registerDevice',
    async (tx) => {
      await lockOwner(tx, userId)
      const addressHash = addressHashOf(target)
      const now = ctx.now()
      const [device] = await tx
        .insert(devices)
        .values({
          id: ctx.newId('dvc'),
          userId,
          platform: target.platform,
          label: input.label ?? null,
          addressHash,
          target: ctx.vault.seal(JSON.stringify(target), targetPlace({ addressHash })),
          createdAt: now,
          lastSeenAt: now,
        })
        .onConflictDoUpdate({
          target: devices.addressHash,
          set: {
            createdAt: sql`case when ${devices.userId} = excluded.user_id then ${devices.createdAt} else excluded.created_at end`,
            userId: sql`excluded.user_id`,
            label: sql`excluded.label`,
            target: sql`excluded.target`,
            lastSeenAt: now,
          },
        })
        .returning({ id: devices.id })
      if (!device) throw new Error('an upsert gives a row')
      await removeSurplus(tx, userId)
      return done({ deviceId: device.id })
    },
    {},
    input,
  )
}

const targetOf = ({ platform, token, subscription }: RegisterDeviceInput): PushTarget | null =>
  readTarget(platform === 'FCM' ? { platform, token } : { platform, ...subscription })

/** One after the other for each person, so that all together they never have more than they may. */
async function lockOwner(tx: Transaction, userId: string): Promise<void> {
  await tx.insert(recipients).values({ id: userId }).onConflictDoNothing()
  await tx.select({ id: recipients.id }).from(recipients).where(eq(recipients.id, userId)).for('update')
}

const removeSurplus = (tx: Transaction, userId: string) =>
  tx
    .delete(devices)
    .where(
      and(
        eq(devices.userId, userId),
        notInArray(
          devices.id,
          tx
            .select({ id: devices.id })
            .from(devices)
            .where(eq(devices.userId, userId))
            .orderBy(desc(devices.lastSeenAt), desc(devices.id))
            .limit(devicesMax),
        ),
      ),
    )
