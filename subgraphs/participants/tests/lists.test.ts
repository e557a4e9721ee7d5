import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { csvLine } from '../domain/export-cells.ts'
import { wordQuery } from '../domain/word-query.ts'
import { outbox, registrations } from '../tables.ts'
import { applicants, bulk, type Reviewed } from './decisions-support.ts'
import { act, register } from './support.ts'
import { parties } from './waitlist-support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(['events', 'participants', 'identity'])
})
afterAll(() => world.close())

/** Numbers of a list, as a reviewer gets them. */
async function numbers(reviewer: Person, eventId: string, args: string): Promise<number[]> {
  const event = await reviewer.entity<{ registrations: { nodes: { number: number }[]; totalCount: number } }>(
    'participants',
    'Event',
    eventId,
    `registrations(${args}) { nodes { number } totalCount }`,
  )
  const nodes = event?.registrations.nodes ?? []
  expect(event?.registrations.totalCount).toBe(nodes.length)
  return nodes.map(({ number }) => number)
}

describe('tags', () => {
  it('are put on and taken off many at once, and participants see nothing of it', async () => {
    const { eventId, reviewer, at, ids } = await applicants(world, 3)
    await world.settle()
    const published = await world.rows(outbox)
    const tag = (input: object) => reviewer.mutate<Reviewed>('tagRegistrations', input, bulk)
    const foreign = (await applicants(world, 1)).ids
    await world.settle()
    const answered = await tag({ ids: [...ids.slice(0, 2), ...foreign], add: [' VIP ', 'speaker'] })
    expect(answered.succeeded.map(({ id }) => id)).toEqual(ids.slice(0, 2))
    expect(answered.failed.map(({ code }) => code)).toEqual(['NOT_FOUND'])
    await tag({ ids: ids.slice(0, 1), add: ['late', 'VIP'], remove: ['speaker'] })
    const seen = async (person: Person, index: number) =>
      (
        await person.run<{ registration: object }>(
          'query ($id: ID!) { registration(id: $id) { tags version } }',
          { id: ids[index] },
        )
      ).data.registration
    expect(await seen(reviewer, 0)).toEqual({ tags: ['VIP', 'late'], version: 1 })
    expect(await seen(at(0).person, 0)).toEqual({ tags: null, version: 1 })
    expect(await numbers(reviewer, eventId, 'filter: { tag: "VIP" }')).toEqual([1, 2])
    expect(await numbers(reviewer, eventId, 'filter: { tag: "VIP", search: "late" }')).toEqual([1])
    const many = Array.from({ length: 19 }, (_, n) => `tag ${n}`)
    const full = await tag({ ids, add: many })
    expect(full.succeeded.map(({ id }) => id)).toEqual([ids[2]])
    expect(full.failed.map(({ code }) => code)).toEqual(['TOO_MANY_TAGS', 'TOO_MANY_TAGS'])
    expect((await tag({ ids, add: [''] })).userErrors.map(({ code }) => code)).toEqual(['TOO_SHORT'])
    await world.settle()
    const own = new Set(ids)
    const told = (await world.rows(outbox)).filter(({ aggregate }) => own.has(aggregate))
    expect(told.length).toBe(published.filter(({ aggregate }) => own.has(aggregate)).length)
    const refused = await at(0).person.run(
      'mutation ($input: TagRegistrationsInput!) { tagRegistrations(input: $input) { succeeded { id } } }',
      { input: { ids: [ids[0]], add: ['me'] } },
    )
    expect(refused.errors.map(({ code }) => code)).toEqual(['FORBIDDEN'])
  })
})

describe('the list', () => {
  it('is searched by the beginnings of words, by number and by tag', async () => {
    const { organization, eventId } = await parties(world, 20, [])
    const reviewer = organization.as('ORGANIZER')
    for (const message of ['Vegan, please.', 'Wir kommen aus Zürich-West', 'a@b.example', '', '12%'])
      await register(world.person(), eventId, { message })
    await world.host.database.db
      .update(registrations)
      .set({ searchText: 'Rust TypeScript' })
      .where(eq(registrations.number, 4))
    const search = (text: string) => numbers(reviewer, eventId, `filter: { search: ${JSON.stringify(text)} }`)
    expect(await search('veg')).toEqual([1])
    expect(await search('zür komm')).toEqual([2])
    expect(await search('west')).toEqual([2])
    expect(await search('zür vegan')).toEqual([])
    expect(await search('b.example')).toEqual([3])
    expect(await search('typesc')).toEqual([4])
    expect(await search('#5')).toEqual([5])
    expect(await search('12')).toEqual([5])
    expect(await search(`'; drop | & ! :* \\ (`)).toEqual([])
    expect(await search('  ')).toEqual([])
  })

  it('is filtered by what is staged and when it was made, and ordered in four ways', async () => {
    const { eventId, reviewer, ids, stage } = await applicants(world, 3)
    const later = new Date(world.clock.now().getTime() + 1_000).toISOString()
    world.clock.advance(1_000)
    await register(world.person(), eventId)
    await stage('CONFIRM', ids.slice(0, 1))
    await stage('REJECT', ids.slice(1, 2), 'No.')
    await act(reviewer, 'approveRegistration', { id: ids[2] })
    const list = (args: string) => numbers(reviewer, eventId, args)
    expect(await list('filter: { hasStagedDecision: true }')).toEqual([1, 2])
    expect(await list('filter: { hasStagedDecision: false }')).toEqual([3, 4])
    expect(await list('filter: { stagedDecision: REJECT, status: PENDING_APPROVAL }')).toEqual([2])
    expect(await list(`filter: { createdAfter: "${later}" }`)).toEqual([4])
    expect(
      await list(`filter: { createdBefore: "${later}" }, orderBy: { field: NUMBER, direction: DESC }`),
    ).toEqual([3, 2, 1])
    expect((await list('orderBy: { field: CREATED_AT, direction: DESC }'))[0]).toBe(4)
    expect(await list('filter: { category: [MENTOR] }')).toEqual([])
    expect(await list('filter: { category: [PARTICIPANT], tag: null }')).toEqual([1, 2, 3, 4])
    expect(await list('orderBy: { field: WAITLIST }')).toEqual([])
  })

  it('has those who queue in the order of the queue', async () => {
    const { organization, eventId, at } = await parties(world, 1, [1, 1, 1, 1])
    const organizer = organization.as('ORGANIZER')
    await act(organizer, 'reorderWaitlist', { id: at(3).id, position: 1, reason: 'Speaks.' })
    expect(await numbers(organizer, eventId, 'orderBy: { field: WAITLIST }')).toEqual([4, 2, 3])
    expect(await numbers(organizer, eventId, 'orderBy: { field: WAITLIST, direction: DESC }')).toEqual([
      3, 2, 4,
    ])
  })
})

describe('the export', () => {
  const page = `text rowCount pageInfo { hasNextPage endCursor }`
  interface Page {
    text: string
    rowCount: number
    pageInfo: { hasNextPage: boolean; endCursor: string }
  }
  const asked = async (person: Person, variables: object) =>
    person.run<{ registrationExport: Page | null }>(
      `query ($eventId: ID!, $format: RegistrationExportFormat!, $filter: RegistrationFilter, $first: Int, $after: String) {
        registrationExport(eventId: $eventId, format: $format, filter: $filter, first: $first, after: $after) { ${page} }
      }`,
      variables,
    )

  it('is one file of all its pages, in which nothing is a formula', async () => {
    const { organization, eventId } = await parties(world, 20, [])
    const messages = ['=HYPERLINK("http://x")', 'two\r\nlines, "quoted"', '+1', '-1', '@me', 'plain']
    for (const message of messages) await register(world.person(), eventId, { message })
    const organizer = organization.as('ORGANIZER')
    let text = ''
    let after: string | null = null
    const counts: number[] = []
    do {
      const { data } = await asked(organizer, { eventId, format: 'CSV', first: 4, after })
      text += data.registrationExport?.text
      counts.push(data.registrationExport?.rowCount ?? 0)
      const info: Page['pageInfo'] | undefined = data.registrationExport?.pageInfo
      after = info?.hasNextPage ? info.endCursor : null
    } while (after)
    expect(counts).toEqual([4, 2])
    const [head = '', ...rest] = text.split(/\r\n(?=\d+,reg_|$)/)
    expect(head.startsWith('number,id,status,category,partySize,name,userId,message,tags,createdAt')).toBe(
      true,
    )
    const cells = rest.filter(Boolean).map((line) => line.split(/,usr_\w+,/)[1])
    expect(cells.map((line) => line?.slice(0, line.lastIndexOf(',,2')))).toEqual([
      `"'=HYPERLINK(""http://x"")"`,
      '"two\r\nlines, ""quoted"""',
      `'+1`,
      `'-1`,
      `'@me`,
      'plain',
    ])
    const { data } = await asked(organizer, { eventId, format: 'NDJSON', filter: { search: 'plain' } })
    expect(
      data.registrationExport?.text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([expect.objectContaining({ number: 6, status: 'CONFIRMED', message: 'plain', tags: [] })])
  })

  it('takes as many statements for a page, however many are on it', async () => {
    const { organization, eventId } = await parties(world, 20, [1, 1, 1])
    const count = async (first: number) => {
      const sent = await world.statements(() =>
        asked(organization.as('ORGANIZER'), { eventId, format: 'CSV', first }),
      )
      return sent.filter((statement) => statement.includes('"participants"."registration"')).length
    }
    expect(await count(100)).toBe(await count(1))
  })

  it('is for those who manage the event', async () => {
    const { organization, eventId, at } = await parties(world, 20, [1])
    const code = async (person: Person, more: object = {}) =>
      (await asked(person, { eventId, format: 'CSV', ...more })).errors[0]?.code
    expect(await code(world.anonymous)).toBe('UNAUTHENTICATED')
    for (const person of [at(0).person, organization.as('MEMBER'), world.organization().as('OWNER')])
      expect(await code(person)).toBe('FORBIDDEN')
    expect(await code(organization.as('OWNER'), { first: 5_001 })).toBe('BAD_USER_INPUT')
    expect(await code(organization.as('OWNER'), { after: 'nonsense' })).toBe('BAD_USER_INPUT')
    expect(await code(organization.as('OWNER'))).toBeUndefined()
  })

  it('writes cells as RFC 4180 wants them', () => {
    expect(csvLine(['a', 1, true, null, 'b,c', 'd"e', '\tf', -5, ['x', 'y']])).toBe(
      `a,1,true,,"b,c","d""e",'\tf,-5,x; y\r\n`,
    )
    expect([wordQuery('Zürich, 2x'), wordQuery('?!')]).toEqual([`'Zürich':* & '2x':*`, null])
  })
})
