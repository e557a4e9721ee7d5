import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { drafted, published } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

interface Page {
  events: {
    nodes: { id: string; title: string }[]
    pageInfo: { hasNextPage: boolean; endCursor: string | null }
    totalCount: number
  }
}

const list = `query ($filter: EventFilter, $orderBy: EventOrder, $first: Int, $after: String) {
  events(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
    nodes { id title } pageInfo { hasNextPage endCursor } totalCount
  }
}`

const circle = (latitude: number, longitude: number, radiusMeters: number) => ({
  center: { latitude, longitude },
  radiusMeters,
})

const titlesFor = async (person: Person, variables: object) =>
  (await person.run<Page>(list, variables)).data.events.nodes.map(({ title }) => title)

describe('events', () => {
  it('lists what each caller may see', async () => {
    const organization = world.organization()
    const organizer = organization.as('ORGANIZER')
    const filter = { organizationId: organization.id }
    await published(world, organizer, organization, { title: 'public' })
    await published(world, organizer, organization, { title: 'unlisted', visibility: 'UNLISTED' })
    await published(world, organizer, organization, { title: 'internal', visibility: 'ORGANIZATION' })
    await drafted(world, organizer, organization, { title: 'draft' })
    const seen = async (person: Person) => (await titlesFor(person, { filter })).sort()
    expect(await seen(organizer)).toEqual(['draft', 'internal', 'public', 'unlisted'])
    expect(await seen(organization.as('MEMBER'))).toEqual(['internal', 'public', 'unlisted'])
    expect(await seen(world.organization().as('OWNER'))).toEqual(['public'])
    expect(await seen(world.anonymous)).toEqual(['public'])
  })

  it('pages through every event once, whatever the order', async () => {
    const organization = world.organization()
    const organizer = organization.as('ORGANIZER')
    for (const title of ['c', 'a', 'b', 'b', 'd']) await published(world, organizer, organization, { title })
    const titles: string[] = []
    let after: string | null = null
    do {
      const answer: { data: Page } = await organizer.run<Page>(list, {
        filter: { organizationId: organization.id },
        orderBy: { field: 'TITLE', direction: 'DESC' },
        first: 2,
        after,
      })
      titles.push(...answer.data.events.nodes.map(({ title }) => title))
      expect(answer.data.events.totalCount).toBe(5)
      after = answer.data.events.pageInfo.hasNextPage ? answer.data.events.pageInfo.endCursor : null
    } while (after)
    expect(titles).toEqual(['d', 'c', 'b', 'b', 'a'])
  })

  it('takes an empty list as nothing', async () => {
    const organization = world.organization()
    const organizer = organization.as('ORGANIZER')
    await published(world, organizer, organization, { title: 'plain' })
    const own = { organizationId: organization.id }
    expect(await titlesFor(organizer, { filter: { ...own, status: [] } })).toEqual([])
    expect(await titlesFor(organizer, { filter: { ...own, phase: [] } })).toEqual([])
  })

  it.each([
    ['a page of nothing', { first: 0 }],
    ['a page that is too long', { first: 101 }],
    ['a cursor that is none', { after: 'garbage' }],
    [
      'a cursor of another order',
      { after: Buffer.from('["Query.events:title ASC,id ASC","a","b"]').toString('base64url') },
    ],
    ['relevance without a search', { orderBy: { field: 'RELEVANCE' } }],
    ['a place that is not on Earth', { filter: { near: circle(91, 0, 1_000) } }],
    ['a circle that is too large', { filter: { near: circle(47, 8, 500_001) } }],
    ['an id of another kind', { filter: { organizationId: 'evt_01h455vb4pex5vsknk084sn02q' } }],
  ])('refuses %s as BAD_USER_INPUT', async (_what, variables) => {
    const { errors } = await world.anonymous.run(list, variables)
    expect(errors.map(({ code }) => code)).toEqual(['BAD_USER_INPUT'])
  })

  it('sends one statement for a page, and one more for the count', async () => {
    const withoutCount = list.replace('totalCount', '')
    expect(await world.statements(() => world.anonymous.run(withoutCount))).toHaveLength(1)
    expect(await world.statements(() => world.anonymous.run(list))).toHaveLength(2)
  })
})
