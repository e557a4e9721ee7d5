import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { projectTemplates } from '../tables.ts'
import { domains, guestOf, publishedEvent, start } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(domains)
})
afterAll(() => world.close())

interface Template {
  id: string
  version: number
}

/** The template, or else the first code that was said. */
async function mutate(person: Person, mutation: string, input: object): Promise<Template | string> {
  const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input!`
  const { data, errors } = await person.run<Record<
    string,
    { template: Template | null; userErrors: { code: string }[] }
  > | null>(
    `mutation ($input: ${type}) { ${mutation}(input: $input) { template { id version } userErrors { code } } }`,
    { input },
  )
  const said = data?.[mutation]
  return said?.template ?? said?.userErrors[0]?.code ?? errors[0]?.code ?? 'nothing'
}

const idOf = (made: Template | string): string => {
  if (typeof made === 'string') throw new Error(made)
  return made.id
}

const report = {
  name: 'Report',
  description: 'For reports.',
  summary: '## Why\n\n## How',
  tags: ['Report'],
  settings: { visibility: 'TEAM', canMembersInvite: true },
}

describe('a template', () => {
  it('is copied into new projects, of the organization and of its events, but for what they say themselves', async () => {
    const organization = world.organization()
    const manager = organization.as('MANAGER')
    const templateId = idOf(
      await mutate(manager, 'createProjectTemplate', { organizationId: organization.id, ...report }),
    )
    const fields = 'summary tags settings { visibility isOpenToJoin canMembersInvite }'
    const settings = { visibility: 'TEAM', isOpenToJoin: false, canMembersInvite: true }
    const owner = organization.as('MEMBER')
    const { id } = await start(owner, { organizationId: organization.id, templateId })
    const copied = { summary: '## Why\n\n## How', tags: ['report'], settings }
    expect(await owner.entity('projects', 'Project', id, fields)).toEqual(copied)
    const own = await start(owner, {
      organizationId: organization.id,
      templateId,
      summary: 'Mine.',
      tags: [],
    })
    expect(await owner.entity('projects', 'Project', own.id, fields)).toEqual({
      summary: 'Mine.',
      tags: [],
      settings,
    })
    const eventId = await publishedEvent(world, organization)
    const guest = await guestOf(world, eventId)
    const built = await start(guest, { eventId, templateId })
    expect(await guest.entity('projects', 'Project', built.id, fields)).toEqual(copied)
    await mutate(manager, 'updateProjectTemplate', { id: templateId, summary: null, tags: ['x'] })
    expect(await owner.entity('projects', 'Project', id, fields)).toEqual(copied)
  })

  it('is no use elsewhere, nor once it was put away', async () => {
    const [organization, other] = [world.organization(), world.organization()]
    const manager = organization.as('OWNER')
    const templateId = idOf(
      await mutate(manager, 'createProjectTemplate', { organizationId: organization.id, ...report }),
    )
    const begin = async (organizationId: string, person: Person, id = templateId) =>
      (
        await person.mutate('createProject', { title: 'x', organizationId, templateId: id }, 'project { id }')
      ).userErrors.map(({ code }) => code)
    expect(await begin(other.id, other.as('MEMBER'))).toEqual(['NOT_FOUND'])
    expect(await begin(organization.id, manager, 'nonsense')).toEqual(['NOT_FOUND'])
    expect(await begin(organization.id, manager)).toEqual([])
    expect(await mutate(manager, 'archiveProjectTemplate', { id: templateId })).toMatchObject({ version: 2 })
    expect(await mutate(manager, 'archiveProjectTemplate', { id: templateId })).toBe('TEMPLATE_ARCHIVED')
    expect(await mutate(manager, 'updateProjectTemplate', { id: templateId, name: 'x' })).toBe(
      'TEMPLATE_ARCHIVED',
    )
    expect(await begin(organization.id, manager)).toEqual(['NOT_FOUND'])
  })

  it('has a name of its own among those in use, however many are made at once', async () => {
    const organization = world.organization()
    const manager = organization.as('ADMIN')
    const input = { organizationId: organization.id, ...report }
    const said = await Promise.all(
      ['Report', 'report', 'REPORT'].map((name) =>
        mutate(manager, 'createProjectTemplate', { ...input, name }),
      ),
    )
    const made = said.filter((one) => typeof one !== 'string')
    expect([made.length, said.filter((one) => one === 'TEMPLATE_NAME_TAKEN').length]).toEqual([1, 2])
    await mutate(manager, 'archiveProjectTemplate', { id: idOf(made[0] ?? 'none') })
    expect(await mutate(manager, 'createProjectTemplate', input)).toMatchObject({ version: 1 })
  })

  it('is seen by the organization alone, by name', async () => {
    const organization = world.organization()
    const manager = organization.as('ORGANIZER')
    const ids: string[] = []
    for (const name of ['B', 'A', 'C']) {
      const input = { organizationId: organization.id, ...report, name }
      ids.push(idOf(await mutate(manager, 'createProjectTemplate', input)))
    }
    await mutate(manager, 'archiveProjectTemplate', { id: ids[2] })
    const names = async (person: Person, args = '') =>
      (
        await person.entity<{ projectTemplates: { nodes: { name: string }[] } | null }>(
          'projects',
          'Organization',
          organization.id,
          `projectTemplates${args} { nodes { name } }`,
        )
      )?.projectTemplates?.nodes.map(({ name }) => name)
    for (const person of [manager, organization.as('GUEST')]) {
      expect(await names(person)).toEqual(['A', 'B'])
      expect(await names(person, '(isArchivedShown: true)')).toEqual(['A', 'B', 'C'])
      expect(await person.entity('projects', 'ProjectTemplate', ids[0] ?? '', 'name')).toEqual({ name: 'B' })
    }
    for (const person of [world.person(), world.organization().as('OWNER'), world.anonymous]) {
      expect(await names(person)).toBeUndefined()
      expect(await person.entity('projects', 'ProjectTemplate', ids[0] ?? '', 'name')).toBeNull()
    }
  })

  it('is refused and denied, and leaves nothing', async () => {
    const organization = world.organization()
    const manager = organization.as('OWNER')
    const input = { organizationId: organization.id, ...report }
    const id = idOf(await mutate(manager, 'createProjectTemplate', input))
    const before = await world.rows(projectTemplates)
    const make = (over: object, person = manager) =>
      mutate(person, 'createProjectTemplate', { ...input, name: 'Other', ...over })
    expect(await make({ name: ' ' })).toBe('TOO_SHORT')
    expect(await make({ name: 'x'.repeat(101) })).toBe('TOO_LONG')
    expect(await make({ description: 'x'.repeat(2_001) })).toBe('TOO_LONG')
    expect(await make({ summary: 'x'.repeat(10_001) })).toBe('TOO_LONG')
    expect(await make({ tags: ['a/b'] })).toBe('INVALID_VALUE')
    expect(await make({ organizationId: 'nonsense' })).toBe('NOT_FOUND')
    expect(await make({ organizationId: world.organization().id })).toBe('FORBIDDEN')
    expect(await make({}, organization.as('MEMBER'))).toBe('FORBIDDEN')
    expect(await make({}, world.anonymous)).toBe('UNAUTHENTICATED')
    expect(await mutate(manager, 'updateProjectTemplate', { id, expectedVersion: 9 })).toBe(
      'VERSION_CONFLICT',
    )
    const stranger = world.organization().as('OWNER')
    for (const mutation of ['updateProjectTemplate', 'archiveProjectTemplate']) {
      expect(await mutate(stranger, mutation, { id })).toBe('NOT_FOUND')
      expect(await mutate(organization.as('MEMBER'), mutation, { id })).toBe('FORBIDDEN')
    }
    expect(await world.rows(projectTemplates)).toEqual(before)
  })
})
