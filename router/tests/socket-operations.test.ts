import type { ExecutionResult } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWorld, type World } from './support/world.ts'

describe('operations over sockets', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld('in-process')
  })
  afterAll(() => world.close())

  it('refuses what is not valid without closing the socket', async () => {
    const client = world.client()
    const refused = async (query: string, variables?: Record<string, unknown>) => {
      const failed = await client
        .iterate({ query, ...(variables ? { variables } : {}) })
        .next()
        .then(
          ({ value }) => value?.errors as unknown,
          (errors: unknown) => errors,
        )
      return (failed as { extensions: { code: string } }[]).map((error) => error.extensions.code)
    }
    expect(await refused('subscription { noteAdded { nope } }')).toEqual(['GRAPHQL_VALIDATION_FAILED'])
    expect(await refused('subscription { noteAdded { id } maybeNote { id } }')).toEqual([
      'GRAPHQL_VALIDATION_FAILED',
    ])
    expect(await refused('subscription {')).toEqual(['GRAPHQL_PARSE_FAILED'])
    expect(await refused('subscription { __typename }')).toEqual(['GRAPHQL_VALIDATION_FAILED'])
    expect(await refused('subscription S($i: Int!) { noteAdded(min: $i) { id } }')).toEqual([
      'BAD_USER_INPUT',
    ])
    // graphql 16 throws inside validation here, which would close the socket of every subscription on it.
    expect(
      await refused('subscription S($in: Boolean!) { noteAdded @include(if: $in) { id } }', { in: true }),
    ).toEqual(['GRAPHQL_VALIDATION_FAILED'])
    const { value } = await client.iterate({ query: '{ notes(count: 1) { id } }' }).next()
    expect(value).toEqual({ data: { notes: [{ id: 'n0' }] } })
  })

  it('runs queries and mutations over the socket with the same masking', async () => {
    const { token } = world.identity.login('p1')
    const client = world.client(token)
    const run = async (query: string) => (await client.iterate({ query }).next()).value
    expect(await run('{ me { id name unread } }')).toEqual({
      data: { me: { id: 'p1', name: 'Person p1', unread: 2 } },
    })
    expect(await run('mutation { rename(id: "p2", name: "New") { name } }')).toEqual({
      data: { rename: { name: 'New' } },
    })
    expect(await run('{ note { leak } }')).toEqual({
      data: { note: { leak: null } },
      errors: [
        {
          message: 'Internal server error',
          path: ['note', 'leak'],
          extensions: { code: 'INTERNAL_SERVER_ERROR', errorId: expect.any(String), retryable: false },
        },
      ],
    })
    const { errors = [] } = (await run('{ nope }')) as ExecutionResult
    expect(errors.map((error) => error.extensions)).toEqual([
      { code: 'GRAPHQL_VALIDATION_FAILED', errorId: expect.any(String), retryable: false },
    ])
  })
})
