import { manualClock } from '@guildhall/kit/clock'
import { generateSync } from 'otplib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { softwareAuthenticator, type Use } from '../../subgraphs/identity/tests/software-authenticator.ts'
import { type Client, createTestClient } from '../support/client.ts'
import { openTestHouse, type RunningHouse } from '../support/houses.ts'
import { openSocket, type Socket } from '../support/socket.ts'

const clock = manualClock()
const password = 'correct horse battery staple'

let house: RunningHouse
let strangersSocket: Socket
beforeAll(async () => {
  house = await openTestHouse({ clock })
  strangersSocket = openSocket(house.url, null)
})
afterAll(async () => {
  await strangersSocket.close()
  await house.close()
})

interface Reply {
  tokens: { accessToken: string } | null
  challenge?: { token: string } | null
  userErrors: { code: string }[]
}

/** How a mutation gets to the router. */
type Way = (mutation: string, input: object, selection: string) => Promise<Record<string, unknown>>

const documentOf = (mutation: string, selection: string): string => {
  const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input!`
  return `mutation ($input: ${type}) { ${mutation}(input: $input) { ${selection} userErrors { code } } }`
}
const overHttp =
  (client: Client): Way =>
  async (mutation, input, selection) => {
    const { data, errors } = await client.request<Record<string, Record<string, unknown>>>(
      documentOf(mutation, selection),
      { input },
    )
    return data?.[mutation] ?? { thrown: errors.map(({ extensions }) => extensions.code) }
  }
const overSocket =
  (socket: Socket): Way =>
  async (mutation, input, selection) => {
    const { data, errors = [] } = await socket.run(documentOf(mutation, selection), { input })
    const payload = data?.[mutation] as Record<string, unknown> | undefined | null
    return payload ?? { thrown: errors.map(({ extensions }) => extensions?.code) }
  }

const stranger: Way = (...call) => overHttp(createTestClient(house.url))(...call)
/** Both doors of the router, for somebody who is not logged in. */
const doors: [name: string, way: Way][] = [
  ['HTTP', stranger],
  ['WebSocket', (...call) => overSocket(strangersSocket)(...call)],
]

const codesOf = (reply: Record<string, unknown>): string[] =>
  (reply.thrown as string[] | undefined) ?? (reply as unknown as Reply).userErrors.map(({ code }) => code)

async function somebody() {
  const email = `ada.${crypto.randomUUID()}@example.org`
  const client = createTestClient(house.url)
  await client.mutate('registerUser', { email, password, displayName: 'Ada' }, 'isAccepted')
  const { tokens } = await client.mutate<Reply>('login', { email, password }, 'tokens { accessToken }')
  client.accessToken = tokens?.accessToken ?? null
  return { email, client }
}

/** Somebody with an app that has used the code of the step before, so that two more are good without waiting. */
async function somebodyWithApp() {
  const { email, client } = await somebody()
  const { secret } = await client.mutate<{ secret: string }>('enrolTotp', { label: 'Phone' }, 'secret')
  const code = (stepsLater: number) =>
    generateSync({ secret, epoch: Math.floor(clock.now().getTime() / 1000) + 30 * stepsLater })
  await client.mutate('confirmTotp', { code: code(-1) }, 'recoveryCodes')
  return { email, client, code }
}

async function challengeFor(email: string): Promise<string> {
  const { challenge } = (await stranger(
    'login',
    { email, password },
    'challenge { token }',
  )) as unknown as Reply
  return challenge?.token ?? ''
}

const answer = async (way: Way, email: string, totpCode: string) =>
  codesOf(
    await way(
      'answerLoginChallenge',
      { token: await challengeFor(email), totpCode },
      'tokens { accessToken }',
    ),
  )

describe.each(doors)('a second factor, over %s', (_, way) => {
  it('takes each code once', async () => {
    const { email, code } = await somebodyWithApp()
    expect(await answer(way, email, code(-1))).toEqual(['MFA_REPLAYED'])
    expect(await answer(way, email, code(0))).toEqual([])
    expect(await answer(way, email, code(0))).toEqual(['MFA_REPLAYED'])
    expect(await answer(way, email, code(1))).toEqual([])
  })

  it('locks after six wrong codes, on every door', async () => {
    const { email, code } = await somebodyWithApp()
    for (let guess = 1; guess <= 6; guess++) {
      expect(await answer(way, email, code(50 + guess))).toEqual(['MFA_INVALID'])
    }
    for (const [, door] of doors) expect(await answer(door, email, code(0))).toEqual(['MFA_LOCKED'])
  })

  it('is owed by a login: its challenge opens nothing else', async () => {
    const { email } = await somebodyWithApp()
    const token = await challengeFor(email)
    expect(token).toMatch(/^[\w-]{43}$/)
    const client = createTestClient(house.url)
    client.accessToken = token
    const { errors } = await client.request('{ me { id } }')
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['UNAUTHENTICATED'])
    const socket = openSocket(house.url, token)
    await expect(socket.run('{ me { id } }')).rejects.toMatchObject({ code: 4403 })
    await socket.close()
    expect(codesOf(await way('refreshSession', { refreshToken: token }, 'tokens { accessToken }'))).toEqual([
      'TOKEN_INVALID',
    ])
  })
})

describe.each(doors)('a passkey, over %s', (_, way) => {
  const passkeyOwner = async () => {
    const { client } = await somebody()
    const device = softwareAuthenticator()
    const { options } = await client.mutate<{ options: string }>('startPasskeyRegistration', {}, 'options')
    const made = { response: device.create(options), label: 'Laptop' }
    await client.mutate('finishPasskeyRegistration', made, 'passkey { id }')
    return { device, client }
  }
  const start = async () => (await way('startPasskeyLogin', {}, 'options')).options as string
  const finish = async (response: string) =>
    codesOf(await way('finishPasskeyLogin', { response }, 'tokens { accessToken } user { id }'))

  it('opens the house, and its answer does so once', async () => {
    const { device } = await passkeyOwner()
    const response = device.get(await start())
    expect(await finish(response)).toEqual([])
    expect(await finish(response)).toEqual(['PASSKEY_CHALLENGE_EXPIRED'])
  })

  it.each<[string, Use]>([
    ['on another site', { origin: 'https://evil.example' }],
    ['for another application', { rpId: 'evil.example' }],
    ['without its owner', { isUserVerified: false }],
  ])('opens nothing %s', async (_name, use) => {
    const { device } = await passkeyOwner()
    expect(await finish(device.get(await start(), use))).toEqual(['PASSKEY_INVALID'])
  })

  it('opens nothing when its counter steps back', async () => {
    const { device } = await passkeyOwner()
    expect(await finish(device.get(await start(), { counter: 9 }))).toEqual([])
    expect(await finish(device.get(await start(), { counter: 8 }))).toEqual(['PASSKEY_INVALID'])
  })

  it('opens nothing five minutes later', async () => {
    const { device } = await passkeyOwner()
    const options = await start()
    clock.advance(5 * 60_000)
    expect(await finish(device.get(options))).toEqual(['PASSKEY_CHALLENGE_EXPIRED'])
    clock.advance(-5 * 60_000)
  })
})

describe('step-up', () => {
  it('is wanted ten minutes after the login, and holds at once on HTTP and on an open socket', async () => {
    const { client } = await somebody()
    const socket = openSocket(house.url, client.accessToken)
    const ways = [overHttp(client), overSocket(socket)]
    const enrol = async () =>
      Promise.all(ways.map(async (way) => codesOf(await way('enrolTotp', { label: 'Phone' }, 'secret'))))
    expect(await enrol()).toEqual([[], []])
    clock.advance(10 * 60_000)
    expect(await enrol()).toEqual([['STEP_UP_REQUIRED'], ['STEP_UP_REQUIRED']])
    expect(
      codesOf(await overHttp(client)('stepUp', { password: 'a wrong password' }, 'stepUpExpiresAt')),
    ).toEqual(['INVALID_CREDENTIALS'])
    expect(await enrol()).toEqual([['STEP_UP_REQUIRED'], ['STEP_UP_REQUIRED']])
    expect(await overHttp(client)('stepUp', { password }, 'stepUpExpiresAt')).toEqual({
      stepUpExpiresAt: new Date(clock.now().getTime() + 10 * 60_000).toISOString(),
      userErrors: [],
    })
    expect(await enrol()).toEqual([[], []])
    clock.advance(10 * 60_000)
    expect(await enrol()).toEqual([['STEP_UP_REQUIRED'], ['STEP_UP_REQUIRED']])
    expect(codesOf(await overSocket(socket)('stepUp', { password }, 'stepUpExpiresAt'))).toEqual([])
    expect(await enrol()).toEqual([[], []])
    clock.advance(-20 * 60_000)
    await socket.close()
  })

  it('wants the second factor where there is one, in every session', async () => {
    const { client, code } = await somebodyWithApp()
    clock.advance(10 * 60_000)
    const stepUp = async (proof: object) =>
      codesOf(await overHttp(client)('stepUp', proof, 'stepUpExpiresAt'))
    expect(await stepUp({ password })).toEqual(['MFA_REQUIRED'])
    expect(await stepUp({ totpCode: code(0) })).toEqual([])
    expect(await stepUp({ totpCode: code(0) })).toEqual(['MFA_REPLAYED'])
    clock.advance(-10 * 60_000)
  })
})
