import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { organizationUpdated } from '../contract.ts'
import { organizations } from '../tables.ts'
import { codesOf, found } from './people.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const selection = 'organization { name kind version }'

describe('updateOrganization', () => {
  it('changes what is given and leaves the rest', async () => {
    const { id, owner } = await found(world)
    expect(await owner.mutate('updateOrganization', { id, kind: 'MAKERSPACE' }, selection)).toEqual({
      organization: { name: 'Analytical Engines', kind: 'MAKERSPACE', version: 2 },
      userErrors: [],
    })
    expect((await world.published(organizationUpdated)).at(-1)).toEqual({
      organizationId: id,
      name: 'Analytical Engines',
      kind: 'MAKERSPACE',
      version: 2,
    })
  })

  it('refuses what cannot be, and writes nothing', async () => {
    const { id, owner } = await found(world)
    const before = await world.published(organizationUpdated)
    const update = (input: object) => owner.mutate('updateOrganization', input, selection)
    expect(codesOf(await update({ id, name: 'x'.repeat(101) }))).toEqual(['TOO_LONG'])
    expect(codesOf(await update({ id, name: 'Late', expectedVersion: 7 }))).toEqual(['VERSION_CONFLICT'])
    expect(codesOf(await update({ id: 'evt_nonsense', name: 'Lost' }))).toEqual(['NOT_FOUND'])
    expect(await world.rows(organizations, eq(organizations.id, id))).toMatchObject([{ version: 1 }])
    expect(await world.published(organizationUpdated)).toEqual(before)
  })

  it('lets one of five rivals through who have seen the same version', async () => {
    const { id, owner } = await found(world)
    const answers = await Promise.all(
      [1, 2, 3, 4, 5].map((rival) =>
        owner.mutate('updateOrganization', { id, name: `Rival ${rival}`, expectedVersion: 1 }, selection),
      ),
    )
    expect(answers.flatMap(codesOf)).toEqual(Array(4).fill('VERSION_CONFLICT'))
  })

  it('is denied to members without the permission and to managers of other organizations', async () => {
    const { id, member } = await found(world)
    const { owner: stranger } = await found(world)
    const before = await world.published(organizationUpdated)
    for (const person of [await member('ORGANIZER'), stranger]) {
      const { errors } = await person.run(
        `mutation { updateOrganization(input: { id: "${id}", name: "Mine" }) { organization { id } } }`,
      )
      expect(errors.map((error) => error.code)).toEqual(['FORBIDDEN'])
    }
    expect(await world.rows(organizations, eq(organizations.id, id))).toMatchObject([{ version: 1 }])
    expect(await world.published(organizationUpdated)).toEqual(before)
  })
})
