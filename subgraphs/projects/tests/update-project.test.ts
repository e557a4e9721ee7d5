import { createWorld, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { projectUpdated } from '../contract.ts'
import { about, act, domains, everything, projectOf, start, team } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(domains)
})
afterAll(() => world.close())

describe('updateProject', () => {
  it('changes what is given, leaves the rest, and null clears', async () => {
    const { owner, members, id } = await team(world, { size: 2 })
    const [member] = members
    const full = { summary: ' Bakes. ', repositoryUrl: 'https://git.example/oven', demoUrl: 'http://oven' }
    expect(await act(owner, 'updateProject', { id, title: ' Moon Oven ', ...full })).toBe('DRAFT')
    expect(await projectOf(world, id)).toMatchObject({
      ...full,
      title: 'Moon Oven',
      summary: 'Bakes.',
      version: 3,
    })
    await act(member ?? owner, 'updateProject', { id, title: null, summary: null, demoUrl: '' })
    expect(await projectOf(world, id)).toMatchObject({
      title: 'Moon Oven',
      summary: null,
      repositoryUrl: 'https://git.example/oven',
      demoUrl: null,
      version: 4,
    })
    const told = (await world.published(projectUpdated)).filter(about(id))
    expect(told.map(({ version, actorId, projectTitle }) => [version, actorId, projectTitle])).toEqual([
      [3, owner.userId, 'Moon Oven'],
      [4, member?.userId, 'Moon Oven'],
    ])
  })

  it('is refused for every reason of the contract, and leaves nothing', async () => {
    const { owner, id } = await team(world)
    const submitted = await team(world)
    await act(submitted.owner, 'submitProject', { id: submitted.id })
    const before = await everything(world)
    const update = (input: object) => act(owner, 'updateProject', { id, title: 'Other', ...input })
    expect(await update({ expectedVersion: 2 })).toBe('VERSION_CONFLICT')
    expect(await update({ title: '' })).toBe('TOO_SHORT')
    expect(await update({ title: 'x'.repeat(201) })).toBe('TOO_LONG')
    expect(await update({ title: 'a\u0007b' })).toBe('INVALID_VALUE')
    expect(await update({ summary: 'x'.repeat(10_001) })).toBe('TOO_LONG')
    expect(await update({ summary: 'a\0b' })).toBe('INVALID_VALUE')
    expect(await update({ repositoryUrl: 'javascript:alert(1)' })).toBe('INVALID_URL')
    expect(await update({ demoUrl: `https://x/${'y'.repeat(2_000)}` })).toBe('TOO_LONG')
    expect(await update({ id: submitted.id })).toBe('FORBIDDEN')
    expect(await update({ id: 'nonsense' })).toBe('NOT_FOUND')
    expect(await act(submitted.owner, 'updateProject', { id: submitted.id, title: 'Other' })).toBe(
      'PROJECT_NOT_EDITABLE',
    )
    expect(await everything(world)).toEqual(before)
    expect(await update({ expectedVersion: 1 })).toBe('DRAFT')
  })

  it('is denied to managers, who see the draft, and hidden from the rest', async () => {
    const { organization, id } = await team(world)
    const own = await start(organization.as('MEMBER'), { organizationId: organization.id })
    const before = await everything(world)
    const input = { id, title: 'Other' }
    expect(await act(organization.as('OWNER'), 'updateProject', input)).toBe('FORBIDDEN')
    expect(await act(organization.as('MEMBER'), 'updateProject', { ...input, id: own.id })).toBe('FORBIDDEN')
    for (const person of [organization.as('MEMBER'), world.person(), world.organization().as('OWNER')]) {
      expect(await act(person, 'updateProject', input)).toBe('NOT_FOUND')
    }
    expect(await act(world.anonymous, 'updateProject', input)).toBe('UNAUTHENTICATED')
    expect(await everything(world)).toEqual(before)
  })

  it('lets nobody overwrite what they have not seen', async () => {
    const { owner, id } = await team(world)
    const said = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        act(owner, 'updateProject', { id, title: `Idea ${n}`, expectedVersion: 1 }),
      ),
    )
    expect(said.sort()).toEqual(['DRAFT', ...Array(9).fill('VERSION_CONFLICT')])
    expect(await projectOf(world, id)).toMatchObject({ version: 2 })
    expect((await world.published(projectUpdated)).filter(about(id))).toHaveLength(1)
  })

  it('answers the same for the same key', async () => {
    const { owner, id } = await team(world)
    const input = { id, title: 'Moon Oven', idempotencyKey: 'once' }
    const both = [await act(owner, 'updateProject', input), await act(owner, 'updateProject', input)]
    expect(both).toEqual(['DRAFT', 'DRAFT'])
    expect(await projectOf(world, id)).toMatchObject({ version: 2 })
  })
})
