import { JWT } from 'google-auth-library'
import { Agent, request } from 'undici'
import { z } from 'zod'
import type { FcmServiceAccount } from '../config/push.ts'
import { delayed, sendMs } from './answers.ts'
import { fit, payloadMax } from './fit.ts'
import { type PushMessage, PushRefused, PushTargetGone } from './message.ts'

/** Sends to devices through Firebase Cloud Messaging, HTTP v1. */
export interface FcmSender {
  send(token: string, message: PushMessage): Promise<{ providerId: string | null }>
  close(): Promise<void>
}

/** @param url where the service is, without a path. */
export function fcmSender(account: FcmServiceAccount, url: string): FcmSender {
  const auth = new JWT({
    email: account.client_email,
    key: account.private_key,
    scopes: ['https://www.googleapis.com/auth/firebase.messaging'],
    // The library knows Google's own address only; the file may name another.
    transporterOptions: {
      fetchImplementation: (_address, init) => fetch(account.token_uri, init),
      timeout: sendMs,
    },
  })
  const dispatcher = new Agent({ connect: { timeout: 5_000 } })
  const address = new URL(`/v1/projects/${account.project_id}/messages:send`, url)
  return {
    async send(token, message) {
      const { token: bearer } = await auth.getAccessToken()
      const { statusCode, headers, body } = await request(address, {
        method: 'POST',
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
        body: `{"message":{"token":${JSON.stringify(token)},${fit(message, payloadMax, render).slice(1)}}`,
        dispatcher,
        signal: AbortSignal.timeout(sendMs),
      })
      const answer = await body.text()
      if (statusCode === 200) return { providerId: nameIn(answer) }
      throw refusal(statusCode, headers, answer)
    },
    close: () => dispatcher.close(),
  }
}

/** Everything but the token, which does not count as payload. */
const render = ({ title, body, data, tag, isUrgent, ttlSeconds }: PushMessage): string =>
  JSON.stringify({
    notification: { title, ...(body === null ? {} : { body }) },
    data,
    android: {
      collapse_key: tag,
      priority: isUrgent ? 'HIGH' : 'NORMAL',
      ttl: `${ttlSeconds}s`,
      notification: { tag },
    },
    apns: { headers: { 'apns-collapse-id': tag, 'apns-priority': isUrgent ? '10' : '5' } },
  })

const errorAnswer = z.object({
  error: z.object({
    details: z
      .array(
        z.object({
          errorCode: z.string().optional(),
          fieldViolations: z.array(z.object({ field: z.string().optional() })).optional(),
        }),
      )
      .default([]),
  }),
})

function refusal(status: number, headers: Parameters<typeof delayed>[2], answer: string): Error {
  const details = errorAnswer.safeParse(asJson(answer)).data?.error.details ?? []
  const codes = details.map(({ errorCode }) => errorCode)
  const fields = details.flatMap(({ fieldViolations }) => fieldViolations?.map(({ field }) => field) ?? [])
  // The application was removed, the token belongs to somebody else's project, or it never was one.
  if (
    codes.includes('UNREGISTERED') ||
    codes.includes('SENDER_ID_MISMATCH') ||
    fields.includes('message.token')
  )
    return new PushTargetGone(`FCM answered ${status} ${codes.join(' ')}`)
  if (status === 400) return new PushRefused('FCM answered 400')
  return delayed('FCM', status, headers)
}

const nameIn = (answer: string): string | null =>
  z.object({ name: z.string() }).safeParse(asJson(answer)).data?.name ?? null

function asJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
