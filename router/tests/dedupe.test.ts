import type { GraphQLDataSource } from '@apollo/gateway'
import { GraphQLError } from 'graphql'
import { expect, it } from 'vitest'
import { dedupe } from '../execution/dedupe.ts'

const person = (id: string) => ({ __typename: 'Person', id })

/** What comes back for these representations, and what was sent. */
async function run(representations: object[], answer: (sent: object[]) => object) {
  const sent: object[][] = []
  const source: GraphQLDataSource = {
    async process({ request }) {
      sent.push(request.variables?.representations)
      return answer(request.variables?.representations)
    },
  }
  const result = await dedupe(source).process({
    kind: 'health check' as never,
    context: {},
    request: { query: '', variables: { representations, other: 1 } },
  })
  return { result, sent }
}

it('gives every occurrence its own copy', async () => {
  const { result, sent } = await run(['a', 'b', 'a', 'c', 'b', 'a'].map(person), (representations) => ({
    data: { _entities: representations.map((one) => ({ ...one, nested: {} })) },
  }))
  expect(sent).toEqual([['a', 'b', 'c'].map(person)])
  const entities: { id: string; nested: object }[] = result.data?._entities
  expect(entities.map(({ id }) => id)).toEqual(['a', 'b', 'a', 'c', 'b', 'a'])
  expect(new Set(entities.map(({ nested }) => nested)).size).toBe(6)
})

it('repeats an error at every occurrence of its entity and leaves others alone', async () => {
  const cause = new Error('cause')
  const { result } = await run(['a', 'b', 'a'].map(person), () => ({
    data: { _entities: [null, person('b')] },
    errors: [
      { message: 'plain', path: ['_entities', 0, 'name'], extensions: { code: 'X' } },
      new GraphQLError('object', { path: ['_entities', 1], originalError: cause }),
      { message: 'no path' },
    ],
  }))
  expect(result.data?._entities).toEqual([null, person('b'), null])
  expect(result.errors?.map(({ message, path }) => [message, path])).toEqual([
    ['plain', ['_entities', 0, 'name']],
    ['plain', ['_entities', 2, 'name']],
    ['object', ['_entities', 1]],
    ['no path', undefined],
  ])
  const [, , wrapped] = result.errors ?? []
  expect(wrapped instanceof GraphQLError && (wrapped.originalError as GraphQLError).originalError).toBe(cause)
})

it('passes on what has nothing to share', async () => {
  const { sent } = await run(['a', 'b'].map(person), () => ({ data: { _entities: [] } }))
  expect(sent).toEqual([['a', 'b'].map(person)])
})
