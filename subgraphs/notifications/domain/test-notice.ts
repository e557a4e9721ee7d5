import type { Reader } from '@guildhall/kit/templates'
import { testRequested } from '../notifications.ts'
import { type Notice, notice } from './notice.ts'
import type { NotificationChannel } from './notification-types.ts'
import { textOf } from './texts.ts'

/** By which way a test goes; null: to all devices. */
export interface TestWay {
  channel: NotificationChannel
  deviceId: string | null
}

/** At most one test goes each way within so many seconds. */
const windowSeconds = 60

/** What somebody is told who asks for a test. It stands in the inbox in any case, to tell what became of it. */
export function noticeOfTest(recipientId: string, { channel, deviceId }: TestWay, reader: Reader): Notice {
  const { title, ...words } = textOf(testRequested, reader, { channel })
  return notice(testRequested.key, recipientId, title, {
    ...words,
    channels: ['IN_APP', channel],
    deviceId,
    dedupe: { key: `${testRequested.key} ${deviceId ?? channel}`, windowSeconds },
  })
}
