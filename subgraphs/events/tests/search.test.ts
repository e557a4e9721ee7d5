import { createWorld, type Person, type TestOrganization, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { drafted, published } from './support.ts'

let world: World
let organization: TestOrganization
let organizer: Person
beforeAll(async () => {
  world = await createWorld(['events', 'participants'])
  organization = world.organization()
  organizer = organization.as('ORGANIZER')
})
afterAll(() => world.close())

interface Page {
  events: { nodes: { title: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } }
}

const list = `query ($filter: EventFilter, $orderBy: EventOrder, $first: Int, $after: String) {
  events(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
    nodes { title } pageInfo { hasNextPage endCursor }
  }
}`

const find = async (filter: object, more: object = {}, person: Person = world.anonymous) =>
  (await person.run<Page>(list, { filter, ...more })).data.events.nodes.map(({ title }) => title)

const inDays = (days: number) => new Date(world.clock.now().getTime() + days * 86_400_000).toISOString()

describe('a search', () => {
  let own: object
  beforeAll(async () => {
    const place = world.organization()
    const host = place.as('ORGANIZER')
    own = { organizationId: place.id }
    const add = (title: string, more: object) => published(world, host, place, { title, ...more })
    await add('Open-Data Hackathon', { summary: 'Bring your laptop.', venue: 'Old Mill' })
    await add('Laser Workshop', { summary: 'After the hackathon of spring.', hashtag: 'LaserLove' })
    await add('100% fun, 3.5 days', { summary: "It's \\ 'quoted' & (strange) | !things:*" })
    await add('Élan', { summary: 'Für Straßen' })
  })

  it.each([
    ['hackathon', ['Laser Workshop', 'Open-Data Hackathon']],
    ['HACKA', ['Laser Workshop', 'Open-Data Hackathon']],
    ['hackathon laptop', ['Open-Data Hackathon']],
    ['laptop hackathon mill', ['Open-Data Hackathon']],
    ['open-d', ['Open-Data Hackathon']],
    ['data', ['Open-Data Hackathon']],
    ['#laserl', ['Laser Workshop']],
    ['3.5', ['100% fun, 3.5 days']],
    ["it's 'quoted'", ['100% fun, 3.5 days']],
    ['strange & fun', ['100% fun, 3.5 days']],
    ['élan', ['Élan']],
    ['straßen', ['Élan']],
    ['athon', []],
    ['%', []],
    ['\\', []],
    ["'", []],
    [':*', []],
    ['nul \u0000', []],
    ["'; drop table events.event; --", []],
  ])('for %j finds %j', async (search, titles) => {
    expect((await find({ ...own, search })).sort()).toEqual(titles)
  })

  it('for nothing finds all', async () => {
    expect(await find({ ...own, search: '  ' })).toHaveLength(4)
  })

  it('can show the best match first, on every page once', async () => {
    const place = world.organization()
    const host = place.as('ORGANIZER')
    await published(world, host, place, { title: 'Somewhere', summary: 'A robot show.' })
    await published(world, host, place, { title: 'Robot', summary: 'All about a robot: robot, robot.' })
    for (const n of [1, 2, 3]) await published(world, host, place, { title: `Robot ${n}` })
    const orderBy = { field: 'RELEVANCE', direction: 'ASC' }
    const filter = { organizationId: place.id, search: 'robot' }
    const seen: string[] = []
    let after: string | null = null
    do {
      const { data }: { data: Page } = await world.anonymous.run<Page>(list, {
        filter,
        orderBy,
        first: 2,
        after,
      })
      seen.push(...data.events.nodes.map(({ title }) => title))
      after = data.events.pageInfo.hasNextPage ? data.events.pageInfo.endCursor : null
    } while (after)
    expect([seen[0], seen.at(-1), [...seen].sort()]).toEqual([
      'Robot',
      'Somewhere',
      ['Robot', 'Robot 1', 'Robot 2', 'Robot 3', 'Somewhere'],
    ])
  })

  it('is answered by the index', async () => {
    const { sql } = world.host.database
    const plan = await sql.begin(async (tx) => {
      await tx`set local enable_seqscan = off`
      return tx`explain select id from events.event where (setweight(to_tsvector('simple'::regconfig, title), 'A') || setweight(to_tsvector('simple'::regconfig, coalesce(hashtag, '')), 'B') || setweight(to_tsvector('simple'::regconfig, coalesce(venue, '')), 'C') || setweight(to_tsvector('simple'::regconfig, coalesce(summary, '')), 'D')) @@ 'robot:*'::tsquery`
    })
    expect(JSON.stringify(plan)).toContain('event_by_words')
  })
})

describe('filters', () => {
  it('look at the clock', async () => {
    const own = { organizationId: organization.id }
    const add = (title: string, from: number, to: number) =>
      published(world, organizer, organization, { title, startsAt: inDays(from), endsAt: inDays(to) })
    await add('now', -1, 1)
    await add('next', 2, 3)
    const soon = await drafted(world, organizer, organization, {
      title: 'past',
      startsAt: inDays(-3),
      endsAt: inDays(-2),
    })
    const sorted = async (filter: object) => (await find({ ...own, ...filter }, {}, organizer)).sort()
    expect(soon.status).toBe('DRAFT')
    expect(await sorted({ phase: ['ONGOING'] })).toEqual(['now'])
    expect(await sorted({ phase: ['UPCOMING'] })).toEqual(['next'])
    expect(await sorted({ phase: ['ENDED', 'ONGOING'] })).toEqual(['now', 'past'])
    expect(await sorted({ startsBefore: inDays(2.5), endsAfter: inDays(0.5) })).toEqual(['next', 'now'])
    expect(await sorted({ startsBefore: inDays(2), endsAfter: inDays(1) })).toEqual([])
  })

  it('look around a place', async () => {
    const place = world.organization()
    const host = place.as('ORGANIZER')
    const add = (title: string, latitude: number, longitude: number) =>
      published(world, host, place, { title, location: { latitude, longitude } })
    await add('Zürich', 47.3769, 8.5417)
    await add('Winterthur', 47.4988, 8.7237)
    await add('Bern', 46.948, 7.4474)
    await add('Suva', -18.1416, 178.4419)
    await add('Apia', -13.8333, -171.7667)
    await add('Alert', 82.5018, -62.3481)
    await published(world, host, place, { title: 'nowhere' })
    const around = async (latitude: number, longitude: number, radiusMeters: number) =>
      (
        await find({
          organizationId: place.id,
          near: { center: { latitude, longitude }, radiusMeters },
        })
      ).sort()
    // From Zürich it is 19.2 km to Winterthur and 95.5 km to Bern.
    expect(await around(47.3769, 8.5417, 1)).toEqual(['Zürich'])
    expect(await around(47.3769, 8.5417, 19_000)).toEqual(['Zürich'])
    expect(await around(47.3769, 8.5417, 20_000)).toEqual(['Winterthur', 'Zürich'])
    expect(await around(47.3769, 8.5417, 96_000)).toEqual(['Bern', 'Winterthur', 'Zürich'])
    // Across the 180th meridian.
    expect(await around(-18, -179.9, 200_000)).toEqual(['Suva'])
    expect(await around(-14.5, 179.9, 500_000)).toEqual(['Suva'])
    expect(await around(-13.8, -175.5, 500_000)).toEqual(['Apia'])
    // Near the pole, from the other side of it.
    expect(await around(89, 117, 500_000)).toEqual([])
    expect(await around(86, -62, 400_000)).toEqual(['Alert'])
  })

  it('know what is mine', async () => {
    const place = world.organization()
    const host = place.as('ORGANIZER')
    const judge = world.person()
    const own = { organizationId: place.id }
    const { id } = await published(world, host, place, { title: 'judged' })
    await published(world, host, place, { title: 'other' })
    await host.mutate(
      'grantEventRoles',
      { eventId: id, userId: judge.userId, roles: ['JUDGE'] },
      'membership { id }',
    )
    const mine = async (person: Person, isMine: boolean) =>
      (await find({ ...own, isMine }, {}, person)).sort()
    expect(await mine(judge, true)).toEqual(['judged'])
    expect(await mine(judge, false)).toEqual(['other'])
    expect(await mine(host, true)).toEqual(['judged', 'other'])
    expect(await mine(place.as('MEMBER'), true)).toEqual([])
    expect(await mine(world.anonymous, true)).toEqual([])
    expect(await mine(world.anonymous, false)).toEqual(['judged', 'other'])
  })
})
