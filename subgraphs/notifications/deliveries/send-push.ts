import type { Outlets } from '@guildhall/kit/background-work'
import type { Context } from '@guildhall/kit/context'
import { PushDelayed, type PushMessage, PushRefused, PushTargetGone } from '@guildhall/kit/push/message'
import { eq } from 'drizzle-orm'
import { removeGone } from '../devices/remove-gone.ts'
import { targetPlace } from '../devices/target.ts'
import { attemptsMax, type Result } from '../domain/delivery.ts'
import { type NotificationTypeKey, typeOf } from '../domain/notification-types.ts'
import { deviceReceipts, type PushDeviceRow } from '../tables.ts'
import { type Leased, wordsOf } from './lease.ts'

/** What became of it at one device. */
type AtDevice =
  | { kind: 'HAS_IT' }
  | { kind: 'GONE' }
  | { kind: 'REFUSED'; error: string }
  | { kind: 'LATER'; error: string; retryAfterMs: number | null }

/** Sends to those devices of the recipient that do not have it yet; done when all have it that are still there. */
export async function sendPush(
  ctx: Context,
  { push }: Pick<Outlets, 'push'>,
  delivery: Leased,
  devices: readonly PushDeviceRow[],
): Promise<Result> {
  const { attempts } = delivery
  if (attempts > attemptsMax)
    return { status: 'DEAD', reason: 'GIVEN_UP', error: 'every sender died with it' }
  const outcomes = await Promise.all(devices.map((device) => sendTo(ctx, push, delivery, device)))
  const later = outcomes.filter((outcome) => outcome.kind === 'LATER')
  const [first] = later
  if (first) {
    if (attempts >= attemptsMax) return { status: 'DEAD', reason: 'GIVEN_UP', error: first.error }
    const waits = later.map(({ retryAfterMs }) => retryAfterMs ?? 0)
    return { status: 'RETRY', error: first.error, retryAfterMs: Math.max(...waits) }
  }
  if (outcomes.some(({ kind }) => kind === 'HAS_IT') || (await isAtSomeDevice(ctx, delivery)))
    return { status: 'SENT' }
  const refused = outcomes.find((outcome) => outcome.kind === 'REFUSED')
  return refused
    ? { status: 'DEAD', reason: 'REFUSED', error: refused.error }
    : { status: 'SKIPPED', reason: 'NO_DEVICE' }
}

/** Whether an attempt before this one has reached a device. */
async function isAtSomeDevice({ db }: Context, { id }: Leased): Promise<boolean> {
  const found = await db.select().from(deviceReceipts).where(eq(deviceReceipts.deliveryId, id)).limit(1)
  return found.length > 0
}

async function sendTo(
  ctx: Context,
  push: Outlets['push'],
  delivery: Leased,
  device: PushDeviceRow,
): Promise<AtDevice> {
  try {
    const target = JSON.parse(ctx.vault.open(device.target, targetPlace(device)))
    const { providerId } = await push.send(target, pushMessage(delivery))
    // At once, not with the others: what one device has must not depend on how the rest fare.
    await ctx.db
      .insert(deviceReceipts)
      .values({ deliveryId: delivery.id, deviceId: device.id, providerId, sentAt: ctx.now() })
      .onConflictDoNothing()
    return { kind: 'HAS_IT' }
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown.message : String(thrown)
    if (thrown instanceof PushTargetGone) {
      await removeGone(ctx, device)
      return { kind: 'GONE' }
    }
    if (thrown instanceof PushRefused) return { kind: 'REFUSED', error }
    return {
      kind: 'LATER',
      error,
      retryAfterMs: thrown instanceof PushDelayed ? thrown.retryAfterMs : null,
    }
  }
}

const daySeconds = 86_400

function pushMessage(delivery: Leased): PushMessage {
  const { id, type, subjectId } = delivery.notification
  return {
    ...wordsOf(delivery),
    data: { notificationId: id, type, ...(subjectId ? { subjectId } : {}) },
    tag: id.slice(id.indexOf('_') + 1),
    isUrgent: typeOf(type as NotificationTypeKey).isCritical,
    ttlSeconds: daySeconds,
  }
}
