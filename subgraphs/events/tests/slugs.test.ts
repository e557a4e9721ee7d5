import { createWorld, type Person, type TestOrganization, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { slugsFor } from '../domain/slug.ts'
import { events } from '../tables.ts'
import { drafted, draftOf, published } from './support.ts'

let world: World
let organization: TestOrganization
let organizer: Person
beforeAll(async () => {
  world = await createWorld(['events', 'participants'])
  organization = world.organization()
  organizer = organization.as('ORGANIZER')
})
afterAll(() => world.close())

const bySlug = async (person: Person, slug: string) =>
  (
    await person.run<{ eventBySlug: { id: string } | null }>(
      'query ($slug: String!) { eventBySlug(slug: $slug) { id } }',
      { slug },
    )
  ).data.eventBySlug

const slugOf = async (id: string) => (await world.rows(events, eq(events.id, id)))[0]?.slug ?? ''

describe('a slug that nobody gave', () => {
  it.each([
    ['Spring Hack 2027', false, ['spring-hack-2027', 'spring-hack-2027-84sn02q0']],
    ['  Élan vital — für Straßen! ', false, ['elan-vital-fur-strassen', 'elan-vital-fur-strassen-84sn02q0']],
    ['ハッカソン', false, ['event-84sn02q0']],
    ['Go', false, ['go-84sn02q0']],
    ['Secret Party', true, ['secret-party-84sn02q0']],
    ['x'.repeat(200), false, ['x'.repeat(60), `${'x'.repeat(60)}-84sn02q0`]],
  ])('is made from %s', (title, isUnlisted, slugs) => {
    expect(slugsFor(title, 'evt_01h455vb4pex5vsknk84sn02q0', isUnlisted)).toEqual(slugs)
  })

  it('differs for events of one title that are drafted at once', async () => {
    const made = await Promise.all(
      Array.from({ length: 10 }, () => drafted(world, organizer, organization, { title: 'Twins Meet' })),
    )
    const slugs = await Promise.all(made.map(({ id }) => slugOf(id)))
    expect(new Set(slugs).size).toBe(10)
    expect(slugs.filter((slug) => slug === 'twins-meet')).toHaveLength(1)
    expect(slugs.every((slug) => /^twins-meet(-[0-9a-z]{8})?$/.test(slug))).toBe(true)
  })
})

describe('a slug that was chosen', () => {
  it('is had by one of ten rivals', async () => {
    const codes = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const input = draftOf(world, organization, { slug: 'the-one' })
        return (await organizer.mutate('createEvent', input, 'event { id }')).userErrors.map(
          ({ code }) => code,
        )
      }),
    )
    expect(codes.flat()).toEqual(Array(9).fill('SLUG_TAKEN'))
    expect(await world.rows(events, eq(events.slug, 'the-one'))).toHaveLength(1)
  })

  it('is had by one of two drafts that take it at once', async () => {
    const two = [await drafted(world, organizer, organization), await drafted(world, organizer, organization)]
    const codes = await Promise.all(
      two.map(async ({ id }) =>
        (await organizer.mutate('updateEvent', { id, slug: 'wanted' }, 'event { id }')).userErrors.map(
          ({ code }) => code,
        ),
      ),
    )
    expect(codes.flat()).toEqual(['SLUG_TAKEN'])
    expect(await world.rows(events, eq(events.slug, 'wanted'))).toHaveLength(1)
  })

  it('stays once the event is published', async () => {
    const { id } = await published(world, organizer, organization, { slug: 'known' })
    const change = async (slug: string) =>
      (await organizer.mutate('updateEvent', { id, slug }, 'event { id }')).userErrors.map(({ code }) => code)
    expect(await change('other')).toEqual(['SLUG_FIXED'])
    expect(await change('known')).toEqual([])
    expect(await slugOf(id)).toBe('known')
  })
})

describe('eventBySlug', () => {
  it('finds what the caller may see', async () => {
    const { id } = await drafted(world, organizer, organization, { slug: 'hidden-yet' })
    expect(await bySlug(organizer, 'hidden-yet')).toEqual({ id })
    expect(await bySlug(world.anonymous, 'hidden-yet')).toBeNull()
    await organizer.mutate('transitionEvent', { id, to: 'PUBLISHED' }, 'event { id }')
    expect(await bySlug(world.anonymous, 'hidden-yet')).toEqual({ id })
    expect(await bySlug(world.anonymous, 'Hidden-Yet')).toBeNull()
    expect(await bySlug(world.anonymous, 'nul \u0000')).toBeNull()
  })
})

describe('where and what an event is', () => {
  it('is shown as it was written, and cleared with null', async () => {
    const { id } = await drafted(world, organizer, organization, {
      location: { latitude: 47.3769, longitude: 8.5417 },
      hashtag: '#SpringHack',
      bannerUrl: 'https://example.org/banner.png',
      minTeamSize: 2,
    })
    const fields = 'event { location { latitude longitude } hashtag bannerUrl minTeamSize }'
    const { event } = await organizer.mutate<{ event: object }>('updateEvent', { id, title: 'New' }, fields)
    expect(event).toEqual({
      location: { latitude: 47.3769, longitude: 8.5417 },
      hashtag: 'SpringHack',
      bannerUrl: 'https://example.org/banner.png',
      minTeamSize: 2,
    })
    const cleared = await organizer.mutate<{ event: object }>(
      'updateEvent',
      { id, location: null, hashtag: null, bannerUrl: null },
      fields,
    )
    expect(cleared.event).toEqual({ location: null, hashtag: null, bannerUrl: null, minTeamSize: 2 })
  })

  it.each([
    [{ location: { latitude: 91, longitude: 0 } }, ['INVALID_VALUE', 'input.location.latitude']],
    [{ minTeamSize: 6 }, ['INVALID_VALUE', 'input.minTeamSize']],
    [{ maxTeamSize: 0 }, ['INVALID_VALUE', 'input.maxTeamSize']],
  ])('%j is refused', async (changes, problem) => {
    const { id } = await drafted(world, organizer, organization)
    const { userErrors } = await organizer.mutate('updateEvent', { id, ...changes }, 'event { id }')
    expect(userErrors.map(({ code, path }) => [code, path.join('.')])).toContainEqual(problem)
  })
})
