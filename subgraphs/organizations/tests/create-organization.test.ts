import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { membershipChanged, organizationCreated } from '../contract.ts'
import { members, organizations } from '../tables.ts'
import { codesOf } from './people.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const selection =
  'organization { id name slug kind myRole members { totalCount nodes { role user { id } } } }'

describe('createOrganization', () => {
  it('founds an organization with the caller as its owner, and tells the house', async () => {
    const founder = world.person()
    const payload = await founder.mutate<{ organization: { id: string } }>(
      'createOrganization',
      { name: ' Käserei Müller & Co. ', kind: 'COMMERCE' },
      selection,
    )
    const { id } = payload.organization
    expect(payload).toEqual({
      organization: {
        id,
        name: 'Käserei Müller & Co.',
        slug: 'kaserei-muller-co',
        kind: 'COMMERCE',
        myRole: 'OWNER',
        members: { totalCount: 1, nodes: [{ role: 'OWNER', user: { id: founder.userId } }] },
      },
      userErrors: [],
    })
    expect(await world.published(organizationCreated)).toEqual([
      { organizationId: id, name: 'Käserei Müller & Co.', kind: 'COMMERCE', ownerId: founder.userId },
    ])
    expect(await world.published(membershipChanged)).toEqual([
      {
        organizationId: id,
        organizationName: 'Käserei Müller & Co.',
        userId: founder.userId,
        role: 'OWNER',
        change: 'JOINED',
        version: 1,
        actorId: founder.userId,
      },
    ])
  })

  it('names everything that is wrong and writes nothing', async () => {
    const before = await written()
    const payload = await world
      .person()
      .mutate('createOrganization', { name: ' ', slug: 'No Slug', kind: 'CITY' }, selection)
    expect(payload.userErrors.map(({ code, path }) => `${path.join('.')} ${code}`)).toEqual([
      'input.name TOO_SHORT',
      'input.slug INVALID_SLUG',
    ])
    expect(await written()).toEqual(before)
  })

  it('gives one of ten the slug that they ask for, and others of the same name one of their own', async () => {
    const found = (input: object) =>
      world.person().mutate<{ organization: { slug: string } | null }>('createOrganization', input, selection)
    const asked = await Promise.all(
      Array.from({ length: 10 }, () => found({ name: 'Town', slug: 'the-town', kind: 'CITY' })),
    )
    expect(asked.map((answer) => codesOf(answer)[0] ?? 'founded').sort()).toEqual([
      ...Array(9).fill('SLUG_TAKEN'),
      'founded',
    ])
    const made = await Promise.all(Array.from({ length: 5 }, () => found({ name: 'The Town', kind: 'CITY' })))
    expect(new Set(made.map((answer) => answer.organization?.slug)).size).toBe(5)
    expect(await world.rows(organizations, eq(organizations.slug, 'the-town'))).toHaveLength(1)
  })

  it('gives the same key the same answer and one organization', async () => {
    const founder = world.person()
    const input = { name: 'Once', kind: 'TEAM', idempotencyKey: 'k1' }
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => founder.mutate('createOrganization', input, 'organization { id }')),
    )
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    expect(await world.rows(members, eq(members.userId, founder.userId))).toHaveLength(1)
    const other = await founder.mutate(
      'createOrganization',
      { ...input, name: 'Twice' },
      'organization { id }',
    )
    expect(codesOf(other)).toEqual(['IDEMPOTENCY_KEY_REUSED'])
  })

  it('lets nobody belong to more than fifty', async () => {
    const founder = world.person()
    const answers = []
    for (let batch = 0; batch < 4; batch++) {
      const names = Array.from({ length: 13 }, (_, number) => `Fifty ${batch} ${number}`)
      const founded = names.map((name) =>
        founder.mutate('createOrganization', { name, kind: 'TEAM' }, 'organization { id }'),
      )
      answers.push(...(await Promise.all(founded)))
    }
    expect(answers.flatMap(codesOf)).toEqual(['TOO_MANY_ORGANIZATIONS', 'TOO_MANY_ORGANIZATIONS'])
    expect(await world.rows(members, eq(members.userId, founder.userId))).toHaveLength(50)
  })

  it('is denied to those who are not logged in', async () => {
    const before = await written()
    const { errors } = await world.anonymous.run(
      'mutation { createOrganization(input: { name: "X", kind: TEAM }) { organization { id } } }',
    )
    expect(errors.map((error) => error.code)).toEqual(['UNAUTHENTICATED'])
    expect(await written()).toEqual(before)
  })
})

const written = async () => ({
  organizations: (await world.rows(organizations)).length,
  members: (await world.rows(members)).length,
  events: (await world.published(organizationCreated)).length,
})
