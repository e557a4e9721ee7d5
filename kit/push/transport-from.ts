import type { Config } from '../config.ts'
import type { Log } from '../log.ts'
import { type PushPlatform, PushRefused, type PushTransport } from './message.ts'

/** Settings that push needs. */
export type PushConfig = Pick<
  Config,
  'FCM_SERVICE_ACCOUNT' | 'FCM_URL' | 'VAPID_SUBJECT' | 'VAPID_PUBLIC_KEY' | 'VAPID_PRIVATE_KEY'
>

/**
 * The transport of a process; what is for a platform that is not set up is mentioned in the log and refused. Libraries are
 * loaded by those who need them.
 */
export async function pushTransportFrom(config: PushConfig, log: Log): Promise<PushTransport> {
  const { FCM_SERVICE_ACCOUNT: account, VAPID_SUBJECT, VAPID_PUBLIC_KEY, VAPID_PRIVATE_KEY } = config
  const fcm = account && (await import('./fcm-transport.ts')).fcmSender(account, config.FCM_URL)
  const webPush =
    VAPID_SUBJECT && VAPID_PUBLIC_KEY && VAPID_PRIVATE_KEY
      ? (await import('./web-push-transport.ts')).webPushSender({
          subject: VAPID_SUBJECT,
          publicKey: VAPID_PUBLIC_KEY,
          privateKey: VAPID_PRIVATE_KEY,
        })
      : undefined
  return {
    async send(target, message) {
      if (target.platform === 'FCM') return fcm ? fcm.send(target.token, message) : notSetUp(log, 'FCM')
      return webPush ? webPush.send(target, message) : notSetUp(log, 'WEBPUSH')
    },
    close: async () => {
      await Promise.all([fcm?.close(), webPush?.close()])
    },
  }
}

const settings = { FCM: 'FCM_SERVICE_ACCOUNT', WEBPUSH: 'VAPID_PRIVATE_KEY' } as const

function notSetUp(log: Log, platform: PushPlatform): never {
  log.warn({ platform }, `push not sent: ${settings[platform]} is not set`)
  throw new PushRefused(`${settings[platform]} is not set`)
}
