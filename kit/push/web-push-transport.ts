import { Agent, request } from 'undici'
import webPush from 'web-push'
import { isPublicHttps, publicLookup } from '../outbound/public-address.ts'
import { delayed, sendMs } from './answers.ts'
import { fit, payloadMax } from './fit.ts'
import { type PushMessage, PushRefused, type PushTarget, PushTargetGone } from './message.ts'

/** What push services know us by (VAPID, RFC 8292). */
export interface VapidKeys {
  /** `mailto:` or `https:` of somebody whom services may ask about us. */
  subject: string
  publicKey: string
  privateKey: string
}

/** Sends to browsers (RFC 8030), encrypted for them alone (RFC 8291). */
export interface WebPushSender {
  send(
    target: Extract<PushTarget, { platform: 'WEBPUSH' }>,
    message: PushMessage,
  ): Promise<{ providerId: string | null }>
  close(): Promise<void>
}

/** Where a sender may go. */
export interface WebPushReach {
  mayCall(endpoint: string): boolean
  agent: Agent
}

/**
 * Endpoints come from clients, and we would call whatever they name: so only public addresses, looked at once more at
 * the moment of connecting. Redirects are not followed.
 */
const publicReach = (): WebPushReach => ({
  mayCall: isPublicHttps,
  agent: new Agent({ connect: { timeout: 5_000, lookup: publicLookup }, maxResponseSize: 64 * 1_024 }),
})

/** Header of the encrypted record (86), its padding delimiter (1) and tag (16). */
const plainMax = payloadMax - 86 - 1 - 16

/** @param reach for tests, which have a push service on this machine. */
export function webPushSender(vapidDetails: VapidKeys, reach: WebPushReach = publicReach()): WebPushSender {
  return {
    async send({ endpoint, p256dh, auth }, message) {
      if (!reach.mayCall(endpoint)) throw new PushTargetGone('the endpoint is not a public https address')
      const { headers, body: encrypted } = webPush.generateRequestDetails(
        { endpoint, keys: { p256dh, auth } },
        fit(message, plainMax, render),
        {
          vapidDetails,
          TTL: message.ttlSeconds,
          urgency: message.isUrgent ? 'high' : 'normal',
          topic: message.tag,
        },
      )
      const answer = await request(endpoint, {
        method: 'POST',
        headers: textOf(headers),
        body: encrypted,
        dispatcher: reach.agent,
        signal: AbortSignal.timeout(sendMs),
      })
      await answer.body.dump()
      const { statusCode } = answer
      if (statusCode >= 200 && statusCode < 300) return { providerId: nameIn(answer.headers.location) }
      if (statusCode === 404 || statusCode === 410)
        throw new PushTargetGone(`the push service answered ${statusCode}`)
      if (statusCode === 400 || statusCode === 413)
        throw new PushRefused(`the push service answered ${statusCode}`)
      throw delayed('the push service', statusCode, answer.headers)
    },
    close: () => reach.agent.close(),
  }
}

/** What our service worker is given. */
const render = ({ title, body, data, tag }: PushMessage): string =>
  JSON.stringify({ title, ...(body === null ? {} : { body }), data, tag })

const textOf = (headers: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))

const nameIn = (location: string | string[] | undefined): string | null =>
  (Array.isArray(location) ? location[0] : location)?.slice(0, 500) ?? null
