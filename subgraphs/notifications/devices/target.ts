import { createHash, createPublicKey } from 'node:crypto'
import { isPublicHttps } from '@guildhall/kit/outbound/public-address'
import type { PushTarget } from '@guildhall/kit/push/message'
import { z } from 'zod'

/** Where the vault knows the target of a device by. Not the row's id: whoever registers it again keeps the row. */
export const targetPlace = ({ addressHash }: { addressHash: string }): string =>
  `notifications.device.target:${addressHash}`

/** What tells one device from another: its token or endpoint, not the keys, which may change. */
export const addressHashOf = (target: PushTarget): string =>
  createHash('sha256')
    .update(target.platform === 'FCM' ? `FCM ${target.token}` : `WEBPUSH ${target.endpoint}`)
    .digest('base64url')

const base64url = z.string().regex(/^[\w-]+$/)

const fcm = z.object({
  platform: z.literal('FCM'),
  token: z.string().regex(/^[\w:-]{20,4096}$/),
})

const webPush = z.object({
  platform: z.literal('WEBPUSH'),
  endpoint: z.string().max(2_048).refine(isPublicHttps),
  p256dh: base64url.refine(isPoint),
  auth: base64url.refine((text) => Buffer.from(text, 'base64url').length === 16),
})

/** What a client has registered, if it is well-formed; whether somebody listens there only the service knows. */
export const readTarget = (given: unknown): PushTarget | null =>
  z.discriminatedUnion('platform', [fcm, webPush]).safeParse(given).data ?? null

/** Whether this is an uncompressed point on P-256: with any other the message could not be sealed. */
function isPoint(text: string): boolean {
  const point = Buffer.from(text, 'base64url')
  if (point.length !== 65 || point[0] !== 4) return false
  const [x, y] = [point.toString('base64url', 1, 33), point.toString('base64url', 33)]
  try {
    createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' })
    return true
  } catch {
    return false
  }
}
