import { generateKeyPairSync } from 'node:crypto'
import { jwtVerify } from 'jose'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { readConfig } from '../config.ts'
import { createLog } from '../log.ts'
import { payloadMax } from '../push/fit.ts'
import {
  PushDelayed,
  type PushMessage,
  PushRefused,
  PushTargetGone,
  type PushTransport,
} from '../push/message.ts'
import { pushTransportFrom } from '../push/transport-from.ts'
import { type PushAnswer, type PushService, startPushService } from './support/push-service.ts'

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
const path = '/v1/projects/guild-test/messages:send'
const tokenPath = '/token'

let service: PushService
let transport: PushTransport
beforeAll(async () => {
  service = await startPushService()
  const account = {
    type: 'service_account',
    project_id: 'guild-test',
    client_email: 'push@guild-test.iam.gserviceaccount.com',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    token_uri: `${service.url}${tokenPath}`,
  }
  const config = readConfig({ FCM_SERVICE_ACCOUNT: JSON.stringify(account), FCM_URL: service.url })
  transport = await pushTransportFrom(config, createLog('silent'))
})
afterAll(async () => {
  await transport?.close()
  await service?.close()
})
beforeEach(() => {
  service.answer(tokenPath, {
    status: 200,
    body: { access_token: 'ya29.short', expires_in: 3599, token_type: 'Bearer' },
  })
  service.answer(path, { status: 200, body: { name: 'projects/guild-test/messages/0:1500' } })
})

const token = 'bk3RNwTe3H0:CI2k_HHwgIpoDKCIZvvDMExUdFQ3P1'
const message: PushMessage = {
  title: 'Your seat is confirmed',
  body: 'City of Makers, 4 May',
  data: { notificationId: 'ntf_1' },
  tag: '01h455vb4pex5vsknk084sn02q',
  isUrgent: false,
  ttlSeconds: 86_400,
}
const send = (more: Partial<PushMessage> = {}) =>
  transport.send({ platform: 'FCM', token }, { ...message, ...more })
const sentTo = (wanted: string) => service.requests.filter((request) => request.path === wanted)

it('gets an access token for its key, once, and sends what FCM documents', async () => {
  expect(await send()).toEqual({ providerId: 'projects/guild-test/messages/0:1500' })
  await send()
  const [grant, ...others] = sentTo(tokenPath)
  expect(others).toEqual([])
  const form = new URLSearchParams(grant?.body.toString())
  expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer')
  const { payload } = await jwtVerify(form.get('assertion') ?? '', publicKey)
  expect(payload).toMatchObject({
    iss: 'push@guild-test.iam.gserviceaccount.com',
    scope: 'https://www.googleapis.com/auth/firebase.messaging',
  })
  const [request] = sentTo(path)
  expect([request?.method, request?.headers.authorization]).toEqual(['POST', 'Bearer ya29.short'])
  expect(JSON.parse(request?.body.toString() ?? '')).toEqual({
    message: {
      token,
      notification: { title: 'Your seat is confirmed', body: 'City of Makers, 4 May' },
      data: { notificationId: 'ntf_1' },
      android: {
        collapse_key: message.tag,
        priority: 'NORMAL',
        ttl: '86400s',
        notification: { tag: message.tag },
      },
      apns: { headers: { 'apns-collapse-id': message.tag, 'apns-priority': '5' } },
    },
  })
})

it('cuts a long text so that the payload fits, between letters as people see them', async () => {
  await send({ body: '👩‍🚒'.repeat(2_000) })
  const { message: sent } = JSON.parse(sentTo(path).at(-1)?.body.toString() ?? '')
  const { token: _, ...payload } = sent
  const bytes = Buffer.byteLength(JSON.stringify(payload))
  expect(bytes).toBeLessThanOrEqual(payloadMax)
  expect(bytes).toBeGreaterThan(payloadMax - 16)
  expect(sent.notification.body).toMatch(/^(👩‍🚒)+…$/u)
  expect(sent.notification.title).toBe(message.title)
})

const failure = (status: number, errorCode: string, more: object = {}): PushAnswer => ({
  status,
  body: {
    error: {
      code: status,
      details: [{ '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode }],
      ...more,
    },
  },
})

it.each<[string, PushAnswer, unknown]>([
  ['an application that was removed', failure(404, 'UNREGISTERED'), PushTargetGone],
  ["another project's token", failure(403, 'SENDER_ID_MISMATCH'), PushTargetGone],
  [
    'what is no token',
    failure(400, 'INVALID_ARGUMENT', {
      details: [
        { '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode: 'INVALID_ARGUMENT' },
        {
          '@type': 'type.googleapis.com/google.rpc.BadRequest',
          fieldViolations: [{ field: 'message.token', description: 'The registration token is not valid' }],
        },
      ],
    }),
    PushTargetGone,
  ],
  ['a message that is wrong', failure(400, 'INVALID_ARGUMENT'), PushRefused],
  ['a service that is down', failure(503, 'UNAVAILABLE'), PushDelayed],
  ['a proxy that speaks no JSON', { status: 502 }, PushDelayed],
])('tells %s', async (_what, answer, kind) => {
  service.answer(path, answer)
  await expect(send()).rejects.toBeInstanceOf(kind)
})

it.each([
  ['120', 120_000],
  ['999999999', 86_400_000],
  ['Wed, 21 Oct 2015 07:28:00 GMT', 0],
  ['soon', null],
])('hands on that it shall wait: %s', async (header, expected) => {
  service.answer(path, { ...failure(429, 'QUOTA_EXCEEDED'), headers: { 'retry-after': header } })
  const error = await send().catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(PushDelayed)
  expect((error as PushDelayed).retryAfterMs).toBe(expected)
})

it('refuses what is for a platform that is not set up, and says which setting is missing', async () => {
  const bare = await pushTransportFrom(readConfig({}), createLog('silent'))
  const refused = await bare.send({ platform: 'FCM', token }, message).catch((thrown: unknown) => thrown)
  expect(refused).toEqual(new PushRefused('FCM_SERVICE_ACCOUNT is not set'))
})
