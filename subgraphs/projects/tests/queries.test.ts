import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { act, domains, guestOf, hourMs, start, team, transition, updateEvent } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(domains)
})
afterAll(() => world.close())

interface Page {
  projects: {
    nodes: { id: string; title: string }[]
    edges: { cursor: string }[]
    pageInfo: { endCursor: string | null; hasNextPage: boolean }
    totalCount: number
  }
}

/** An event with this many submitted projects of two, called 1, 2, 3 … */
async function fair(count: number) {
  const first = await team(world, { size: 2 })
  await act(first.owner, 'updateProject', { id: first.id, title: '1' })
  await act(first.owner, 'submitProject', { id: first.id })
  for (let n = 2; n <= count; n++) {
    world.clock.advance(1)
    const owner = await guestOf(world, first.eventId)
    const { id } = await start(owner, { eventId: first.eventId, title: String(n) })
    const { userId } = await guestOf(world, first.eventId)
    await act(owner, 'addProjectMember', { projectId: id, userId })
    await act(owner, 'submitProject', { id })
  }
  return first
}

describe.each(['Event', 'Organization'])('%s.projects', (typename) => {
  const parentOf = ({ eventId, organization }: Awaited<ReturnType<typeof fair>>) =>
    typename === 'Event' ? eventId : organization.id
  const ask = async (person: Person, id: string, args = '') =>
    (
      await person.entity<Page>(
        'projects',
        typename,
        id,
        `projects${args} { nodes { id title } edges { cursor } pageInfo { endCursor hasNextPage } totalCount }`,
      )
    )?.projects
  const titles = async (person: Person, id: string, args = '') =>
    (await ask(person, id, args))?.nodes.map(({ title }) => title)

  it('comes in pages, the first to be started on top', async () => {
    const parent = parentOf(await fair(5))
    const first = await ask(world.anonymous, parent, '(first: 2)')
    expect(first).toMatchObject({
      nodes: [{ title: '1' }, { title: '2' }],
      pageInfo: { hasNextPage: true },
      totalCount: 5,
    })
    expect(first?.edges.at(-1)?.cursor).toBe(first?.pageInfo.endCursor)
    const after = (cursor: string | null | undefined) => `(first: 2, after: "${cursor}")`
    const second = await ask(world.anonymous, parent, after(first?.pageInfo.endCursor))
    expect(second).toMatchObject({ nodes: [{ title: '3' }, { title: '4' }], pageInfo: { hasNextPage: true } })
    expect(await ask(world.anonymous, parent, after(second?.pageInfo.endCursor))).toMatchObject({
      nodes: [{ title: '5' }],
      pageInfo: { hasNextPage: false },
      totalCount: 5,
    })
  })

  it('is narrowed by status; an empty list matches nothing', async () => {
    const one = await fair(2)
    const parent = parentOf(one)
    await act(one.owner, 'reopenProject', { id: one.id })
    const manager = one.organization.as('ORGANIZER')
    expect(await titles(manager, parent)).toEqual(['1', '2'])
    expect(await titles(manager, parent, '(filter: { status: [DRAFT] })')).toEqual(['1'])
    expect(await titles(manager, parent, '(filter: { status: [SUBMITTED, WINNER] })')).toEqual(['2'])
    expect(await titles(manager, parent, '(filter: { status: [] })')).toEqual([])
    expect(await titles(manager, parent, '(filter: {})')).toEqual(['1', '2'])
    expect(await titles(world.anonymous, parent, '(filter: { status: [DRAFT] })')).toEqual([])
  })

  it.each(['(first: 0)', '(first: 101)', '(after: "garbage")'])('refuses %s', async (args) => {
    const { eventId, organization } = await team(world)
    const reply = await world.host.upstreams.projects?.execute({
      query: `query ($r: [_Any!]!) { _entities(representations: $r) { ... on ${typename} { projects${args} { nodes { id } } } } }`,
      variables: { r: [{ __typename: typename, id: typename === 'Event' ? eventId : organization.id }] },
      context: await world.signer(world.anonymous.caller),
    })
    expect(reply?.errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT'])
  })

  it('costs the same number of statements however many projects are shown', async () => {
    const selection =
      'projects(first: 50) { nodes { id members { role user { id } } event { id } organization { id } submission { title } history { to actor { id } } availableTransitions { to blockedBy } } totalCount }'
    const cost = async (count: number) => {
      const one = await fair(count)
      const statements = await world.statements(() =>
        one.organization.as('ADMIN').entity('projects', typename, parentOf(one), selection),
      )
      return statements.filter((statement) => statement.includes('"projects".')).length
    }
    // Page, count, members, whether they are hidden, submissions, history, terms.
    expect([await cost(1), await cost(6)]).toEqual([7, 7])
  })
})

describe('one project', () => {
  it('costs one statement for itself and one per list', async () => {
    const { owner, id } = await team(world, { size: 3 })
    const query = (selection: string) =>
      world.statements(async () => {
        const { errors } = await owner.run(`query ($id: ID!) { project(id: $id) { ${selection} } }`, { id })
        expect(errors).toEqual([])
      })
    expect(await query('id title event { id }')).toHaveLength(1)
    // The fifth and sixth: what the caller is to the event, and whether people are hidden from them.
    const lists = 'members { user { id } } history { to } availableTransitions { to }'
    expect(await query(lists)).toHaveLength(6)
  })

  it('tells its latest 50 changes, the latest on top', async () => {
    const { owner, id } = await team(world)
    for (let n = 0; n < 26; n++) {
      world.clock.advance(1)
      await act(owner, 'submitProject', { id })
      world.clock.advance(1)
      await act(owner, 'reopenProject', { id })
    }
    const { data } = await owner.run<{ project: { history: { to: string }[] } }>(
      'query ($id: ID!) { project(id: $id) { history { to } } }',
      { id },
    )
    expect(data.project.history.map(({ to }) => to)).toEqual(Array(25).fill(['DRAFT', 'SUBMITTED']).flat())
  })
})

describe('availableTransitions', () => {
  const stepsFor = async (person: Person, id: string) => {
    const { data } = await person.run<{
      project: {
        availableTransitions: { mutation: string; isReasonRequired: boolean; blockedBy: string[] }[]
      }
    }>(
      'query ($id: ID!) { project(id: $id) { availableTransitions { to mutation isReasonRequired blockedBy } } }',
      { id },
    )
    return data.project.availableTransitions.map(({ mutation, isReasonRequired, blockedBy }) =>
      [mutation, ...(isReasonRequired ? ['why?'] : []), ...blockedBy].join(' '),
    )
  }

  it('are those of the caller: team, owner, manager', async () => {
    const { owner, members, organization, eventId, id } = await team(world, { size: 2 })
    const [member] = members
    const manager = organization.as('ORGANIZER')
    if (!member) throw new Error('a team of two')
    expect(await stepsFor(owner, id)).toEqual(['submitProject', 'withdrawProject'])
    expect(await stepsFor(member, id)).toEqual(['submitProject'])
    expect(await stepsFor(manager, id)).toEqual(['withdrawProject'])
    await act(owner, 'submitProject', { id })
    expect(await stepsFor(owner, id)).toEqual(['reopenProject', 'withdrawProject'])
    expect(await stepsFor(member, id)).toEqual(['reopenProject'])
    expect(await stepsFor(manager, id)).toEqual(['withdrawProject', 'disqualifyProject why?'])
    for (const person of [world.person(), world.anonymous]) expect(await stepsFor(person, id)).toEqual([])
    await transition(world, organization, eventId, 'IN_PROGRESS', 'JUDGING')
    expect(await stepsFor(owner, id)).toEqual(['withdrawProject'])
    expect(await stepsFor(member, id)).toEqual([])
    await act(owner, 'withdrawProject', { id })
    expect(await stepsFor(owner, id)).toEqual([])
  })

  it('say what is closed, also to a team from which the event was hidden meanwhile', async () => {
    const begin = world.clock.now()
    const open = await team(world)
    const { owner, organization, eventId, id } = await team(world)
    await updateEvent(world, organization, eventId, { visibility: 'ORGANIZATION' })
    expect(await stepsFor(owner, id)).toEqual(['submitProject', 'withdrawProject'])
    try {
      world.clock.advance(9 * 24 * hourMs)
      for (const [person, project] of [
        [owner, id],
        [open.owner, open.id],
      ] as const) {
        expect(await stepsFor(person, project)).toEqual([
          'submitProject SUBMISSION_CLOSED',
          'withdrawProject',
        ])
        expect(await act(person, 'submitProject', { id: project })).toBe('SUBMISSION_CLOSED')
      }
    } finally {
      world.clock.set(begin)
    }
  })
})
