import { createECDH } from 'node:crypto'
import { importJWK, jwtVerify } from 'jose'
import { Agent } from 'undici'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readConfig } from '../config.ts'
import { isPublicHttps, publicLookup } from '../outbound/public-address.ts'
import { PushDelayed, type PushMessage, PushRefused, PushTargetGone } from '../push/message.ts'
import { type WebPushSender, webPushSender } from '../push/web-push-transport.ts'
import { subscribeBrowser } from './support/browser-push.ts'
import { type PushService, startPushService } from './support/push-service.ts'

const keys = createECDH('prime256v1')
const publicKey = keys.generateKeys()
const vapid = {
  subject: 'mailto:ops@example.org',
  publicKey: publicKey.toString('base64url'),
  privateKey: keys.getPrivateKey().toString('base64url'),
}
const browser = subscribeBrowser()
const path = '/wpush/v2/gAAAAABk'
const message: PushMessage = {
  title: 'Your seat is confirmed',
  body: 'City of Makers',
  data: { notificationId: 'ntf_1' },
  tag: '01h455vb4pex5vsknk084sn02q',
  isUrgent: true,
  ttlSeconds: 3_600,
}

let service: PushService
let sender: WebPushSender
beforeAll(async () => {
  service = await startPushService()
  sender = webPushSender(vapid, { mayCall: () => true, agent: new Agent() })
})
afterAll(async () => {
  await sender?.close()
  await service?.close()
})
beforeEach(() => service.answer(path, { status: 201, headers: { location: '/m/1' } }))

const send = (more: Partial<PushMessage> = {}) =>
  sender.send(
    { platform: 'WEBPUSH', endpoint: service.url + path, p256dh: browser.p256dh, auth: browser.auth },
    { ...message, ...more },
  )

it('is signed by us, and can be read by the browser alone', async () => {
  expect(await send()).toEqual({ providerId: '/m/1' })
  const request = service.requests.at(-1)
  expect(request?.headers).toMatchObject({
    'content-encoding': 'aes128gcm',
    ttl: '3600',
    urgency: 'high',
    topic: message.tag,
  })
  const [, token = '', key] = /^vapid t=([^,]+), k=(.+)$/.exec(request?.headers.authorization ?? '') ?? []
  expect(key).toBe(vapid.publicKey)
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    x: publicKey.subarray(1, 33).toString('base64url'),
    y: publicKey.subarray(33).toString('base64url'),
  }
  const { payload } = await jwtVerify(token, await importJWK(jwk, 'ES256'), { audience: service.url })
  expect(payload.sub).toBe('mailto:ops@example.org')
  expect(JSON.parse(browser.open(request?.body ?? Buffer.alloc(0)))).toEqual({
    title: 'Your seat is confirmed',
    body: 'City of Makers',
    data: { notificationId: 'ntf_1' },
    tag: message.tag,
  })
  expect(request?.body.toString('latin1')).not.toContain('seat')
})

it('is never larger than a push service must take', async () => {
  await send({ body: 'ä'.repeat(5_000) })
  const { body } = service.requests.at(-1) ?? { body: Buffer.alloc(0) }
  expect(body.length).toBeGreaterThan(4_090)
  expect(body.length).toBeLessThanOrEqual(4_096)
  expect(JSON.parse(browser.open(body)).body).toMatch(/^ä+…$/)
})

it.each([
  [404, PushTargetGone],
  [410, PushTargetGone],
  [413, PushRefused],
  [429, PushDelayed],
  [500, PushDelayed],
  [403, PushDelayed],
])('takes %i for what it is', async (status, kind) => {
  service.answer(path, { status, headers: { 'retry-after': '30' } })
  const error = await send().catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(kind)
  expect(error instanceof PushDelayed ? error.retryAfterMs : null).toBe(kind === PushDelayed ? 30_000 : null)
})

it('is not led elsewhere', async () => {
  service.answer(path, { status: 307, headers: { location: `${service.url}/inside` } })
  await expect(send()).rejects.toThrow('the push service answered 307')
  expect(service.requests.some((request) => request.path === '/inside')).toBe(false)
})

describe('an endpoint that a stranger gave', () => {
  it.each([
    'http://push.example.org/a',
    'https://push.example.org:8443/a',
    'https://user:secret@push.example.org/a',
    'https://localhost/a',
    'https://127.0.0.1/a',
    'https://127.1/a',
    'https://2130706433/a',
    'https://0x7f.1/a',
    'https://0177.0.0.1/a',
    'https://[::1]/a',
    'https://[::ffff:127.0.0.1]/a',
    'https://0.0.0.0/a',
    'https://10.1.2.3/a',
    'https://192.168.1.1/a',
    'https://169.254.169.254/latest/meta-data',
    'https://100.64.0.1/a',
    'https://[fe80::1]/a',
    'https://[fd00::1]/a',
    'https://[64:ff9b::7f00:1]/a',
    'ftp://push.example.org/a',
    'not an address',
  ])('%s is not called', (endpoint) => {
    expect(isPublicHttps(endpoint)).toBe(false)
  })

  it('may be a public one', () => {
    expect(isPublicHttps('https://fcm.googleapis.com/fcm/send/abc')).toBe(true)
    expect(isPublicHttps('https://93.184.216.34/a')).toBe(true)
  })

  it('is looked at again when its name is resolved: it may lead inside', async () => {
    const resolved = new Promise((resolve) =>
      publicLookup('localhost', {}, (error, address) => resolve(error?.message ?? address)),
    )
    expect(await resolved).toBe('the name leads to a private address')
  })
})

it('keys are set together or not at all', () => {
  expect(() => readConfig({ VAPID_SUBJECT: vapid.subject, VAPID_PUBLIC_KEY: vapid.publicKey })).toThrow(
    'VAPID_PRIVATE_KEY: set all of VAPID_SUBJECT, VAPID_PUBLIC_KEY, VAPID_PRIVATE_KEY, or none',
  )
})
