import { everyProduct } from '@guildhall/kit/products'
import { createClient } from 'graphql-sse'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestHouse, type RunningHouse } from '../support/houses.ts'
import { newPerson, organizerWithEvent } from '../support/people.ts'
import { openSocket } from '../support/socket.ts'

describe('the schemas of products, in production', () => {
  let house: RunningHouse
  beforeAll(async () => {
    house = await openTestHouse({ production: true })
  })
  afterAll(() => house.close())

  const send = async (path: string, query: string, accessToken?: string | null) => {
    const response = await fetch(`${house.url}/graphql${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json',
        ...(accessToken ? { authorization: `Bearer ${accessToken}` } : {}),
      },
      body: JSON.stringify({ query }),
    })
    const { data, errors } = (await response.json()) as Sent
    return { status: response.status, headers: response.headers, data, errors }
  }

  it('know what every product shares, and nothing of the others', async () => {
    const ada = await newPerson(house.url, 'Ada')
    for (const product of everyProduct) {
      const me = await send(`/${product}`, '{ me { displayName } }', ada.accessToken)
      expect([product, me.status, me.data]).toEqual([product, 200, { me: { displayName: 'Ada' } }])
      const events = await send(`/${product}`, '{ events { totalCount } }')
      expect([product, events.status]).toEqual([product, product === 'innovation' ? 200 : 400])
    }
    const unknown =
      'query { evnts { totalCount } me { memberships { organization { events { totalCount } } } } }'
    const { errors } = await send('/stock', unknown)
    expect(errors?.map(({ message }) => message)).toEqual([
      'Cannot query field "evnts" on type "Query".',
      'Cannot query field "events" on type "Organization".',
    ])
  })

  it('say the same over WebSocket', async () => {
    const query = '{ events { totalCount } }'
    const [stock, innovation] = ['stock', 'innovation'].map((product) =>
      openSocket(house.url, null, `/graphql/${product}`),
    )
    const refused = await stock?.run(query).catch((errors: unknown) => ({ errors }) as Sent)
    expect(refused?.errors?.map(({ message }) => message)).toEqual([
      'Cannot query field "events" on type "Query".',
    ])
    expect(await innovation?.run(query)).toEqual({ data: { events: { totalCount: 0 } } })
    await stock?.close()
    await innovation?.close()
  })

  it('are streamed as server-sent events too, each with the streams of its product alone', async () => {
    const { organizer, eventId } = await organizerWithEvent(house.url)
    const firstOf = async (product: string, query: string) => {
      const client = createClient({
        url: `${house.url}/graphql/${product}`,
        headers: { authorization: `Bearer ${organizer.accessToken}` },
        retryAttempts: 0,
      })
      const stream = client.iterate({ query, variables: { eventId } })
      const { value } = await stream.next()
      await stream.return?.()
      client.dispose()
      return value as Sent
    }
    const seats = 'subscription ($eventId: ID!) { seatAvailability(eventId: $eventId) { event { title } } }'
    for (const product of everyProduct) {
      const { data } = await firstOf(product, 'subscription { notificationStream { kind } }')
      expect([product, data]).toEqual([product, { notificationStream: { kind: 'COUNTS' } }])
      const { data: seen, errors } = await firstOf(product, seats)
      if (product === 'innovation')
        expect(seen).toEqual({ seatAvailability: { event: { title: expect.any(String) } } })
      else
        expect([product, errors?.[0]?.message]).toEqual([
          product,
          'Cannot query field "seatAvailability" on type "Subscription".',
        ])
    }
  })

  it('are no more than there are products', async () => {
    const { status, errors } = await send('/people', '{ me { id } }')
    expect([status, errors?.[0]?.message]).toEqual([404, 'There is no API at this path.'])
  })

  it('cache in public what is the same for everybody, and nothing else that a stranger may ask', async () => {
    const ada = await newPerson(house.url, 'Ada')
    const query = '{ externalIssuers { name label } }'
    const [stranger, known] = [await send('', query), await send('', query, ada.accessToken)]
    expect(stranger.headers.get('cache-control')).toBe('max-age=300, public')
    expect(known.data).toEqual(stranger.data)
    const permissions = await send('', '{ organizationPermissions { name } }', ada.accessToken)
    expect(permissions.headers.get('cache-control')).toBe('max-age=300, private')
    for (const other of [
      '{ me { id } }',
      '{ events { totalCount } }',
      '{ organizationPermissions { name } }',
    ]) {
      expect((await send('', other)).headers.get('cache-control')).toBe('no-store')
    }
  })
})

interface Sent {
  data?: Record<string, unknown> | null
  errors?: { message: string }[]
}
