import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { act, domains, guestOf, publishedEvent, start, team } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(domains)
})
afterAll(() => world.close())

interface Page {
  nodes: { title: string }[]
  pageInfo: { endCursor: string | null; hasNextPage: boolean }
  totalCount: number
}

const list = async (person: Person, args: object): Promise<Page> => {
  const { data, errors } = await person.run<{ projects: Page } | null>(
    `query ($filter: ProjectFilter, $orderBy: ProjectOrder, $first: Int, $after: String) {
      projects(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
        nodes { title } pageInfo { endCursor hasNextPage } totalCount } }`,
    { first: 20, ...args },
  )
  if (!data) throw new Error(JSON.stringify(errors))
  return data.projects
}

const titles = async (person: Person, filter: object): Promise<string[]> =>
  (await list(person, { filter })).nodes.map(({ title }) => title)

/** An event with tracks and three projects in it. */
async function fair() {
  const organization = world.organization()
  const eventId = await publishedEvent(world, organization)
  const tracks: string[] = []
  for (const name of ['Energy', 'Food']) {
    const { track } = await organization
      .as('ORGANIZER')
      .mutate<{ track: { id: string } }>('addEventTrack', { eventId, name }, 'track { id }')
    tracks.push(track.id)
  }
  await world.settle()
  const [energy, food] = tracks
  const said = [
    {
      title: 'Solar Oven',
      summary: 'Bakes bread; see oven-lab.example.',
      tags: ['solar', 'food'],
      trackIds: tracks,
    },
    { title: 'Wind Mill', summary: 'Grinds flour.', tags: ['wind'], trackIds: [energy] },
    { title: 'Äpfel pressen', summary: "It's juice: 100%", tags: ['food'], trackIds: [food] },
  ]
  const owners: Person[] = []
  for (const one of said) {
    const owner = await guestOf(world, eventId)
    const { id } = await start(owner, { eventId, ...one })
    if (one.title !== 'Wind Mill') await act(owner, 'submitProject', { id })
    owners.push(owner)
    world.clock.advance(1_000)
  }
  return { organization, eventId, energy, food, owners, manager: organization.as('ORGANIZER') }
}

describe('Query.projects', () => {
  it('is narrowed by everything that a filter has', async () => {
    const { organization, manager, owners, eventId, energy, food } = await fair()
    const look = (filter: object, person = manager) => titles(person, { eventId, ...filter })
    const all = ['Solar Oven', 'Wind Mill', 'Äpfel pressen']
    expect(await look({})).toEqual(all)
    expect(await titles(manager, { organizationId: organization.id })).toEqual(all)
    expect(await look({}, world.anonymous)).toEqual(['Solar Oven', 'Äpfel pressen'])
    expect(await look({ trackId: energy })).toEqual(['Solar Oven', 'Wind Mill'])
    expect(await look({ trackId: food, status: ['SUBMITTED'] })).toEqual(['Solar Oven', 'Äpfel pressen'])
    expect(await look({ trackId: 'nonsense' })).toEqual([])
    expect(await look({ tag: ' #Food' })).toEqual(['Solar Oven', 'Äpfel pressen'])
    expect(await look({ stage: ['CHALLENGE'] })).toEqual(all)
    expect(await look({ stage: ['SHARE'] })).toEqual([])
    expect(await look({ isMine: true }, owners[1])).toEqual(['Wind Mill'])
    expect(await look({ isMine: true })).toEqual([])
    expect(await look({ isMine: true }, world.anonymous)).toEqual([])
    expect(await titles(manager, { eventId: 'nonsense' })).toEqual([])
    expect(await titles(manager, { organizationId: eventId })).toEqual([])
  })

  it.each<[string, string[]]>([
    ['solar', ['Solar Oven']],
    ['SOL ov', ['Solar Oven']],
    ['bakes oven', ['Solar Oven']],
    ['oven-lab', ['Solar Oven']],
    ['oven-lab.example', ['Solar Oven']],
    ['example', ['Solar Oven']],
    ['-', []],
    ['äpf', ['Äpfel pressen']],
    ["it's", ['Äpfel pressen']],
    ['flour mill', ['Wind Mill']],
    ['flour solar', []],
    ['lour', []],
    ["' | 'x", []],
    ['a:* & \\', []],
    ['!!!', []],
    ['nul\0byte', []],
  ])('finds what begins with %j', async (search, expected) => {
    searched ??= await fair()
    const { manager, eventId } = searched
    expect(await titles(manager, { eventId, search })).toEqual(expected)
  })

  it('comes in the order that is asked for, page by page', async () => {
    const { manager, owners, eventId } = await fair()
    const { data } = await manager.run<{ projects: { nodes: { id: string }[] } }>(
      'query ($filter: ProjectFilter) { projects(filter: $filter) { nodes { id } } }',
      { filter: { eventId, tag: 'wind' } },
    )
    await act(owners[1] ?? manager, 'updateProject', {
      id: data.projects.nodes[0]?.id,
      lookingFor: 'A miller.',
    })
    const walk = async (field: string, direction: string) => {
      const seen: string[] = []
      let after: string | null = null
      do {
        const orderBy = { field, direction }
        const page: Page = await list(manager, { filter: { eventId }, orderBy, first: 2, after })
        expect(page.totalCount).toBe(3)
        seen.push(...page.nodes.map(({ title }) => title))
        after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null
      } while (after)
      return seen.map((title) => title.slice(0, 1)).join('')
    }
    expect(await walk('CREATED_AT', 'ASC')).toBe('SWÄ')
    expect(await walk('CREATED_AT', 'DESC')).toBe('ÄWS')
    expect(await walk('UPDATED_AT', 'ASC')).toBe('SÄW')
    const byTitle = await walk('TITLE', 'ASC')
    expect([...byTitle].sort()).toEqual(['S', 'W', 'Ä'])
    expect(await walk('TITLE', 'DESC')).toBe([...byTitle].reverse().join(''))
  })

  it('does not give an unlisted event away, nor what is for the organization', async () => {
    const { owner, organization, eventId, id } = await team(world, { event: { visibility: 'UNLISTED' } })
    await act(owner, 'submitProject', { id })
    await start(organization.as('MEMBER'), { organizationId: organization.id })
    expect(await titles(world.anonymous, { organizationId: organization.id })).toEqual([])
    expect(await titles(world.anonymous, { eventId })).toEqual([])
    expect(await titles(organization.as('MEMBER'), { organizationId: organization.id })).toHaveLength(2)
  })
})

let searched: Awaited<ReturnType<typeof fair>> | undefined

describe('Event.projects', () => {
  it('takes the same filters and orders, for several events in one statement', async () => {
    const { manager, eventId } = await fair()
    const other = await fair()
    const statements = await world.statements(async () => {
      await world.host.upstreams.projects?.execute({
        query: `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Event {
          projects(filter: { tag: "food" }, orderBy: { field: CREATED_AT, direction: DESC }) { nodes { title } } } } }`,
        variables: { r: [eventId, other.eventId].map((id) => ({ __typename: 'Event', id })) },
        context: await world.signer(manager.caller),
      })
    })
    expect(statements.filter((text) => text.includes('row_number'))).toHaveLength(1)
    const listed = await manager.entity<{ projects: Page }>(
      'projects',
      'Event',
      eventId,
      'projects(filter: { tag: "food" }, orderBy: { field: CREATED_AT, direction: DESC }) { nodes { title } }',
    )
    expect(listed?.projects.nodes.map(({ title }) => title)).toEqual(['Äpfel pressen', 'Solar Oven'])
  })
})

describe('tracks', () => {
  it('are those of the event, are kept with what was handed in, and told', async () => {
    const { organization, eventId, energy, food } = await fair()
    const owner = await guestOf(world, eventId)
    const { id } = await start(owner, { eventId, trackIds: [energy, energy] })
    const tracksOf = async () => owner.entity('projects', 'Project', id, 'tracks { id }')
    expect(await tracksOf()).toEqual({ tracks: [{ id: energy }] })
    const update = (trackIds: (string | undefined)[]) => act(owner, 'updateProject', { id, trackIds })
    expect(await update([food, 'trk_01h455vb4pex5vsknk084sn02q'])).toBe('UNKNOWN_TRACK')
    expect(await update(['nonsense'])).toBe('UNKNOWN_TRACK')
    expect(await update([food])).toBe('DRAFT')
    const own = organization.as('MEMBER')
    const { project, userErrors } = await own.mutate<{ project: null }>(
      'createProject',
      { organizationId: organization.id, title: 'x', trackIds: [food] },
      'project { id }',
    )
    expect([project, userErrors]).toMatchObject([null, [{ code: 'UNKNOWN_TRACK' }]])
    await act(owner, 'submitProject', { id })
    expect(await owner.entity('projects', 'Project', id, 'submission { tracks { id name } }')).toEqual({
      submission: { tracks: [{ id: food, name: 'Food' }] },
    })
  })
})
