import { domainNames } from '@guildhall/kit/discover'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Client, createTestClient } from '../support/client.ts'
import { openTestHouse, type RunningHouse } from '../support/houses.ts'
import { newPerson, organizerWithEvent } from '../support/people.ts'

/** Exists nowhere, but could. */
const unknownEvent = 'evt_01h455vb4pex5vsknk084sn02q'
const transition =
  'mutation ($input: TransitionEventInput!) { transitionEvent(input: $input) { userErrors { code } } }'
const create = 'mutation ($input: CreateEventInput!) { createEvent(input: $input) { userErrors { code } } }'
const register =
  'mutation ($input: RegisterForEventInput!) { registerForEvent(input: $input) { userErrors { code } } }'

describe('bad input', () => {
  let house: RunningHouse
  let sql: postgres.Sql
  let organizer: Client
  let outsider: Client
  let organizationId: string
  let eventId: string

  beforeAll(async () => {
    house = await openTestHouse()
    sql = postgres(house.databaseUrl, { max: 1 })
    const made = await organizerWithEvent(house.url)
    organizer = made.organizer
    organizationId = made.organizationId
    eventId = made.eventId
    outsider = await newPerson(house.url, 'Outsider')
  })
  afterAll(async () => {
    await sql?.end()
    await house?.close()
  })

  /** How many events each domain has ever written: what grows with every change that anybody could notice. */
  const written = async () => {
    const counts = []
    for (const domain of domainNames()) {
      counts.push(await sql`select ${domain} as domain, count(*) from ${sql(`${domain}.outbox`)}`)
    }
    return counts.flat()
  }

  /** Every code in an answer, thrown or as a user error. */
  const codesOf = async (client: Client, query: string, variables: object): Promise<string[]> => {
    const { data, errors } = await client.request<Record<string, { userErrors?: { code: string }[] } | null>>(
      query,
      variables,
    )
    const thrown = errors.map(({ extensions }) => extensions.code)
    const typed = Object.values(data ?? {}).flatMap((field) => field?.userErrors ?? [])
    expect(JSON.stringify([data, errors])).not.toMatch(/select |insert |postgres|node_modules|\.ts:|stack/i)
    return [...thrown, ...typed.map(({ code }) => code)]
  }

  const draft = (changes: object) => ({
    organizationId,
    title: 'Next Hack',
    kind: 'HACKATHON',
    timezone: 'Europe/Zurich',
    startsAt: '2030-05-01T10:00:00Z',
    endsAt: '2030-05-02T10:00:00Z',
    ...changes,
  })

  const cases: [what: string, who: () => Client, query: string, variables: () => object, codes: string[]][] =
    [
      [
        'an over-long title',
        () => organizer,
        create,
        () => ({ input: draft({ title: 'x'.repeat(100_000) }) }),
        ['TOO_LONG'],
      ],
      [
        'an unknown time zone',
        () => organizer,
        create,
        () => ({ input: draft({ timezone: 'Mars/Olympus' }) }),
        ['INVALID_TIMEZONE'],
      ],
      [
        'an end before the start',
        () => organizer,
        create,
        () => ({ input: draft({ endsAt: '2030-04-01T10:00:00Z' }) }),
        ['INVALID_TIME_RANGE'],
      ],
      [
        'a date that is none',
        () => organizer,
        create,
        () => ({ input: draft({ startsAt: 'tomorrow' }) }),
        ['BAD_USER_INPUT'],
      ],
      [
        'a field that does not exist',
        () => organizer,
        create,
        () => ({ input: draft({ status: 'PUBLISHED' }) }),
        ['BAD_USER_INPUT'],
      ],
      [
        'an organization of somebody else',
        () => outsider,
        create,
        () => ({ input: draft({}) }),
        ['UNAUTHORIZED_FIELD_OR_TYPE'],
      ],
      [
        'an id of another kind',
        () => organizer,
        transition,
        () => ({ input: { id: organizationId, to: 'PUBLISHED' } }),
        ['NOT_FOUND'],
      ],
      [
        'an id that is none',
        () => organizer,
        transition,
        () => ({ input: { id: "'; drop table", to: 'PUBLISHED' } }),
        ['NOT_FOUND'],
      ],
      [
        'an id of nothing',
        () => outsider,
        register,
        () => ({ input: { eventId: unknownEvent } }),
        ['NOT_FOUND'],
      ],
      [
        'a step that the life of an event does not have',
        () => organizer,
        transition,
        () => ({ input: { id: eventId, to: 'ARCHIVED' } }),
        ['INVALID_STATE_TRANSITION'],
      ],
      [
        'a page that is too long',
        () => organizer,
        '{ events(first: 99999999) { totalCount } }',
        () => ({}),
        ['BAD_USER_INPUT'],
      ],
      [
        'a cursor that is none',
        () => organizer,
        '{ events(after: "nonsense") { totalCount } }',
        () => ({}),
        ['BAD_USER_INPUT'],
      ],
      ['a syntax error', () => organizer, '{ events(', () => ({}), ['GRAPHQL_PARSE_FAILED']],
      [
        'a field of the plumbing',
        () => organizer,
        '{ signingKeys }',
        () => ({}),
        ['GRAPHQL_VALIDATION_FAILED'],
      ],
      [
        'an entity by its back door',
        () => organizer,
        '{ _entities(representations: []) { __typename } }',
        () => ({}),
        ['GRAPHQL_VALIDATION_FAILED'],
      ],
    ]

  it.each(cases)('%s is refused, and nothing is written', async (_what, who, query, variables, codes) => {
    const before = await written()
    expect(await codesOf(who(), query, variables())).toEqual(codes)
    expect(await written()).toEqual(before)
  })

  it('a cursor of another list is refused', async () => {
    const { data } = await organizer.request<{ me: { notifications: { pageInfo: { endCursor: string } } } }>(
      '{ me { notifications(first: 1) { pageInfo { endCursor } } } }',
    )
    const after = data.me.notifications.pageInfo.endCursor
    expect(
      await codesOf(organizer, 'query ($after: String) { events(after: $after) { totalCount } }', { after }),
    ).toEqual(['BAD_USER_INPUT'])
  })

  it.each([['garbage'], ['a.b.c'], [`${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`]])(
    'the token %s is refused with 401',
    async (token) => {
      const client = createTestClient(house.url)
      client.accessToken = token
      const { status, errors } = await client.request('{ me { id } }')
      expect([status, errors.map(({ extensions }) => extensions.code)]).toEqual([401, ['UNAUTHENTICATED']])
    },
  )
})
