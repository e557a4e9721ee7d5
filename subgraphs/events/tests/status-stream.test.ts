import { createWorld, type Person, type TestOrganization, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { drafted, published, selection } from './support.ts'

let world: World
let organization: TestOrganization
let organizer: Person
beforeAll(async () => {
  world = await createWorld(['events', 'participants'])
  organization = world.organization()
  organizer = organization.as('ORGANIZER')
})
afterAll(() => world.close())

const watch = (person: Person, id: string) => {
  const stream = person.subscribe(
    'subscription ($id: ID!) { eventStatusChanged(id: $id) { from to reason event { id } } }',
    { id },
  )
  return {
    /** The next step, `END`, or the code of what went wrong. */
    next: async () => {
      const { done, value } = await stream.next()
      if (done) return 'END'
      const code = value.errors?.[0]?.extensions.code
      const update = value.data?.eventStatusChanged as { from: string; to: string; reason: string | null }
      return code ?? [update.from, update.to, update.reason]
    },
    close: () => stream.return?.(),
  }
}

const step = (id: string, to: string, reason?: string) =>
  organizer.mutate('transitionEvent', { id, to, reason }, selection)

describe('eventStatusChanged', () => {
  it('says how things stand, then every step, and ends with the archive', async () => {
    const { id } = await published(world, organizer, organization)
    const stream = watch(world.anonymous, id)
    expect(await stream.next()).toEqual([null, 'PUBLISHED', null])
    // Nobody reads meanwhile: none is left out.
    await step(id, 'IN_PROGRESS')
    await step(id, 'JUDGING')
    await step(id, 'IN_PROGRESS', 'One more hour.')
    expect([await stream.next(), await stream.next(), await stream.next()]).toEqual([
      ['PUBLISHED', 'IN_PROGRESS', null],
      ['IN_PROGRESS', 'JUDGING', null],
      ['JUDGING', 'IN_PROGRESS', 'One more hour.'],
    ])
    await step(id, 'CANCELLED', 'Rain.')
    await step(id, 'ARCHIVED')
    expect([await stream.next(), await stream.next(), await stream.next()]).toEqual([
      ['IN_PROGRESS', 'CANCELLED', 'Rain.'],
      ['CANCELLED', 'ARCHIVED', null],
      'END',
    ])
  })

  it('tells with each step how everything else stands by then', async () => {
    const { id } = await published(world, organizer, organization)
    const stream = organizer.subscribe(
      'subscription ($id: ID!) { eventStatusChanged(id: $id) { event { status version history { to } tracks { name } availableTransitions { to } } } }',
      { id },
    )
    const next = async () => (await stream.next()).value?.data?.eventStatusChanged
    expect(await next()).toEqual({
      event: {
        status: 'PUBLISHED',
        version: 2,
        history: [{ to: 'PUBLISHED' }],
        tracks: [],
        availableTransitions: [{ to: 'IN_PROGRESS' }, { to: 'DRAFT' }, { to: 'CANCELLED' }],
      },
    })
    await organizer.mutate('addEventTrack', { eventId: id, name: 'Health' }, 'track { id }')
    await step(id, 'IN_PROGRESS')
    expect(await next()).toEqual({
      event: {
        status: 'IN_PROGRESS',
        version: 4,
        history: [{ to: 'IN_PROGRESS' }, { to: 'PUBLISHED' }],
        tracks: [{ name: 'Health' }],
        availableTransitions: [{ to: 'JUDGING' }, { to: 'COMPLETED' }, { to: 'CANCELLED' }],
      },
    })
    await stream.return?.()
  })

  it('ends for those who no longer see the event, and goes on for the others', async () => {
    const { id } = await published(world, organizer, organization)
    const [guest, host] = [watch(world.anonymous, id), watch(organizer, id)]
    expect(await guest.next()).toEqual([null, 'PUBLISHED', null])
    expect(await host.next()).toEqual([null, 'PUBLISHED', null])
    await step(id, 'DRAFT', 'Not yet.')
    expect(await guest.next()).toBe('END')
    expect(await host.next()).toEqual(['PUBLISHED', 'DRAFT', 'Not yet.'])
    await host.close()
  })

  it('is refused where the event is not seen', async () => {
    const { id } = await drafted(world, organizer, organization)
    for (const [person, hidden] of [
      [world.anonymous, id],
      [world.organization().as('OWNER'), id],
      [organizer, 'evt_01h455vb4pex5vsknk084sn02q'],
      [organizer, 'nonsense'],
    ] as const)
      expect(await watch(person, hidden).next()).toBe('BAD_USER_INPUT')
  })
})
