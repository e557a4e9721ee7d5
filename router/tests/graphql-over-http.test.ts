import { serverAudits } from 'graphql-http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWorld, type World } from './support/world.ts'

/** The audits ask for `__type`; where the schema is not told, the same is asked of something that is. */
const withoutIntrospection: typeof fetch = (input, init) => {
  const rewrite = (text: string) => text.replace(/__type\(name: ([^)]+)\) { name }/, 'named(name: $1) { id }')
  const body = typeof init?.body === 'string' ? { body: rewrite(init.body) } : {}
  const url = new URL(String(input))
  const query = url.searchParams.get('query')
  if (query) url.searchParams.set('query', rewrite(query))
  return fetch(url, { ...init, ...body })
}

/** What conforming servers may do and we do not: a page of somebody else could send these without being asked. */
const preventedForgeries = ['5A70', '6A70', 'D6D5']

describe.each([
  { name: 'development', production: false, fetchFn: fetch },
  { name: 'production', production: true, fetchFn: withoutIntrospection },
])('GraphQL over HTTP in $name', ({ production, fetchFn }) => {
  let world: World
  beforeAll(async () => {
    world = await startWorld('in-process', { production })
  })
  afterAll(() => world.close())

  const audits = serverAudits({ url: () => `${world.url}/graphql`, fetchFn })

  it.each(audits.filter(({ id }) => !preventedForgeries.includes(id)))('$name ($id)', async ({ fn }) => {
    const result = await fn()
    expect(result.status === 'ok' ? 'ok' : result.reason).toBe('ok')
  })

  it('allows no GET that a page could make a browser send', async () => {
    const prevented = audits.filter(({ id }) => preventedForgeries.includes(id))
    expect(prevented.map(({ name }) => name.split(' ')[0])).toEqual(['MAY', 'MAY', 'MAY'])
    for (const { fn } of prevented) expect((await fn()).status).toBe('notice')
    // The same with a header that a page cannot set without asking.
    const asked = serverAudits({
      url: `${world.url}/graphql`,
      fetchFn: (url: string, init: RequestInit) =>
        fetchFn(url, { ...init, headers: { ...init?.headers, 'apollo-require-preflight': 'yes' } }),
    })
    for (const { id, fn } of asked) {
      if (preventedForgeries.includes(id)) expect((await fn()).status).toBe('ok')
    }
  })
})
