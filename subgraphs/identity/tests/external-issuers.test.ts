import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freshEmail } from './accounts.ts'
import { altered, attempt } from './external-attempts.ts'
import {
  codesOf,
  complete,
  createExternalWorld,
  type ExternalWorld,
  start,
  westMetadata,
  written,
} from './external-world.ts'

let house: ExternalWorld
beforeAll(async () => {
  house = await createExternalWorld()
  for (const issuer of [house.north, house.south, house.west]) {
    issuer.accounts.set('eve', { email: freshEmail(), email_verified: true })
  }
})
afterAll(() => house?.close())

describe('a mix-up of two issuers', () => {
  it('is noticed by the issuer’s name in the answer', async () => {
    const { world, south } = house
    const { authorizationUrl, flowToken } = await start(world.anonymous)
    const { search } = new URL(authorizationUrl)
    const led = altered(`${south.url}/auth${search}`, { client_id: 'guildhall south' })
    const callbackUrl = await south.visit(led, 'eve')
    expect(new URL(callbackUrl).searchParams.get('iss')).toBe(south.url)
    const before = await written(world)
    const tokenRequests = house.north.hits.get('/token') ?? 0
    expect(codesOf(await complete(world.anonymous, flowToken, callbackUrl))).toEqual(['ISSUER_UNKNOWN'])
    expect(house.north.hits.get('/token') ?? 0, 'the code was sent to the wrong one').toBe(tokenRequests)
    expect(await written(world)).toEqual(before)
  })

  it('is noticed when the name was taken out or exchanged', async () => {
    expect(await attempt(house, { callback: { iss: null } })).toEqual(['EXTERNAL_LOGIN_FAILED', false])
    expect(await attempt(house, { callback: { iss: house.south.url } })).toEqual(['ISSUER_UNKNOWN', true])
    const { world, north, south } = house
    const { authorizationUrl, flowToken } = await start(world.anonymous)
    const { search } = new URL(authorizationUrl)
    const led = altered(`${south.url}/auth${search}`, { client_id: 'guildhall south' })
    const callbackUrl = altered(await south.visit(led, 'eve'), { iss: north.url })
    expect(codesOf(await complete(world.anonymous, flowToken, callbackUrl))).toEqual([
      'EXTERNAL_LOGIN_FAILED',
    ])
  })
})

describe('an issuer', () => {
  const publish = async (changes: object) => {
    const { west } = house
    const response = await fetch(`${west.url}/.well-known/openid-configuration`)
    west.documents.set(westMetadata, { ...((await response.json()) as object), ...changes })
    // What was published before is remembered for ten minutes.
    house.world.clock.advance(600_000)
  }
  const logInAtWest = async () => {
    const { world, west } = house
    const { authorizationUrl, flowToken } = await start(world.anonymous, { issuer: 'west' })
    return complete(world.anonymous, flowToken, await west.visit(authorizationUrl, 'eve'))
  }
  const thrownBy = async (work: Promise<unknown>) =>
    work.then(
      () => 'nothing',
      (error: Error) => /[A-Z]+_[A-Z_]+/.exec(error.message)?.[0],
    )

  it('whose signature does not fit its keys is not believed', async () => {
    await publish({ jwks_uri: `${house.north.url}/jwks` })
    const before = await written(house.world)
    expect(codesOf(await logInAtWest())).toEqual(['EXTERNAL_LOGIN_FAILED'])
    expect(await written(house.world)).toEqual(before)
  })

  it('that publishes the metadata of another is not asked', async () => {
    await publish({ issuer: house.north.url })
    expect(await thrownBy(logInAtWest())).toBe('SERVICE_UNAVAILABLE')
  })

  it('is read once in ten minutes, however many begin', async () => {
    await publish({})
    const before = house.west.hits.get(westMetadata) ?? 0
    await Promise.all(Array.from({ length: 10 }, () => start(house.world.anonymous, { issuer: 'west' })))
    expect(codesOf(await logInAtWest())).toEqual([])
    expect((house.west.hits.get(westMetadata) ?? 0) - before).toBe(1)
  })

  it('that is away is asked again after ten seconds', async () => {
    await publish({})
    house.west.unwell.add(westMetadata)
    const before = house.west.hits.get(westMetadata) ?? 0
    for (let attempts = 0; attempts < 3; attempts++) {
      expect(await thrownBy(logInAtWest())).toBe('SERVICE_UNAVAILABLE')
    }
    expect((house.west.hits.get(westMetadata) ?? 0) - before).toBe(1)
    house.west.unwell.clear()
    house.world.clock.advance(10_000)
    expect(codesOf(await logInAtWest())).toEqual([])
  })

  it('that does not answer about a code leaves the way back open: the same request may be sent again', async () => {
    const { world, north } = house
    const { authorizationUrl, flowToken } = await start(world.anonymous)
    const callbackUrl = await north.visit(authorizationUrl, 'eve')
    const before = await written(world)
    north.unwell.add('/token')
    expect(await thrownBy(complete(world.anonymous, flowToken, callbackUrl))).toBe('SERVICE_UNAVAILABLE')
    expect(await written(world)).toEqual(before)
    north.unwell.clear()
    expect(codesOf(await complete(world.anonymous, flowToken, callbackUrl))).toEqual([])
  })
})
