import type { Context, Transaction } from '@guildhall/kit/context'
import { uuidOf } from '@guildhall/kit/ids'
import { sql } from 'drizzle-orm'
import { makePgArray } from 'drizzle-orm/pg-core'
import type { Notice } from '../domain/notice.ts'
import { type NotificationTypeKey, typeOf } from '../domain/notification-types.ts'
import { deliveries, type NotificationRow } from '../tables.ts'

/** Signal: deliveries have become due. */
export const deliverySignal = 'deliveries'

/** Channels that lead out of the house, as far as a type has them. */
export const outwardChannels = (type: NotificationTypeKey) => {
  const { channels } = typeOf(type)
  return (['EMAIL', 'PUSH'] as const).filter((channel) => channels[channel] !== undefined)
}

/** Those by which a notification can leave. */
export const waysOut = ({ type, channels }: Pick<Notice, 'type' | 'channels'>) =>
  outwardChannels(type).filter((channel) => channels?.includes(channel) ?? true)

type Made = Pick<NotificationRow, 'id' | 'recipientId'> &
  Pick<Notice, 'type' | 'channels' | 'ownWords' | 'deviceId'>

/**
 * Makes a delivery for each channel by which new notifications can leave. Whether they do is decided when it is taken
 * up: what people want may change until then.
 */
export async function enqueue(
  tx: Transaction,
  ctx: Pick<Context, 'now' | 'newId' | 'signals'>,
  made: readonly Made[],
): Promise<void> {
  const rows = made.flatMap((notification) =>
    waysOut(notification).map((channel) => ({
      notification,
      channel,
      words: notification.ownWords?.[channel] ?? null,
      deviceId: channel === 'PUSH' ? (notification.deviceId ?? null) : null,
    })),
  )
  if (rows.length === 0) return
  const now = deliveries.createdAt.mapToDriverValue(ctx.now())
  const column = (type: string, values: readonly unknown[]) =>
    sql`${sql.param(makePgArray([...values]))}::${sql.raw(type)}[]`
  // As arrays: thousands of parameters take longer to write and read than the rows to insert.
  await tx.execute(sql`insert into ${deliveries} (id, notification_id, recipient_id, type, channel, device_id, title, body, next_at, created_at, changed_at)
    select id, notification_id, recipient_id, type, channel, device_id, title, body, ${now}, ${now}, ${now}
    from unnest(
      ${column(
        'uuid',
        rows.map(() => uuidOf('dlv', ctx.newId('dlv'))),
      )},
      ${column(
        'uuid',
        rows.map(({ notification }) => uuidOf('ntf', notification.id)),
      )},
      ${column(
        'uuid',
        rows.map(({ notification }) => uuidOf('usr', notification.recipientId)),
      )},
      ${column(
        'text',
        rows.map(({ notification }) => notification.type),
      )},
      ${column(
        'notifications.notification_channel',
        rows.map(({ channel }) => channel),
      )},
      ${column(
        'uuid',
        rows.map(({ deviceId }) => deviceId && uuidOf('dvc', deviceId)),
      )},
      ${column(
        'text',
        rows.map(({ words }) => words?.title ?? null),
      )},
      ${column(
        'text',
        rows.map(({ words }) => words?.body ?? null),
      )}
    ) as made (id, notification_id, recipient_id, type, channel, device_id, title, body)`)
  tx.afterCommit(() => ctx.signals.send(deliverySignal, ['due']))
}
