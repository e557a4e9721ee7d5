import { sql } from 'drizzle-orm'
import { buildSchema, execute, GraphQLError, parse } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BadUserInput, Forbidden, GatewayTimeout, HouseError, ServiceUnavailable } from '../errors.ts'
import { maskError } from '../mask-errors.ts'
import { scalarResolvers } from '../scalars.ts'
import { captureLog } from './support/capture-log.ts'
import { boxes, boxRow, createToy, type Toy } from './support/toy.ts'

const id = expect.stringMatching(/^[0-9a-f-]{36}$/)

const schema = buildSchema(`
  scalar DateTime
  type Query { at(time: DateTime, size: Int!): Int!  fails: Int  list: [Int] }`)
Object.assign(schema.getType('DateTime') ?? {}, { parseValue: scalarResolvers.DateTime.parseValue })

/** What a client sees of one operation's errors, and what the log holds. */
async function maskedErrors(query: string, variables: Record<string, unknown>, root: object) {
  const { log, lines } = captureLog()
  const result = await execute({ schema, document: parse(query), variableValues: variables, rootValue: root })
  const errors = (result.errors ?? []).map((error) => maskError(error, log))
  return { errors, lines }
}
const failing = (error: unknown) =>
  maskedErrors(
    '{ fails }',
    {},
    {
      fails: () => {
        throw error
      },
    },
  )

describe('what is shown', () => {
  it('keeps the message, path and location of our own errors, and nothing else of them', async () => {
    const { errors, lines } = await failing(new Forbidden('Not yours.', new Error('row 7')))
    expect(errors).toEqual([
      {
        message: 'Not yours.',
        path: ['fails'],
        locations: [{ line: 1, column: 3 }],
        extensions: { code: 'FORBIDDEN', errorId: id, retryable: false },
      },
    ])
    expect(lines).toEqual([
      expect.objectContaining({
        level: 40,
        msg: 'Not yours.',
        errorId: errors[0]?.extensions?.errorId,
        err: expect.objectContaining({ message: 'row 7' }),
      }),
    ])
  })

  it('finds our errors below what wraps them', async () => {
    const { errors } = await failing(new Error('Failed query', { cause: new BadUserInput('No such id.') }))
    expect(errors).toMatchObject([{ message: 'No such id.', extensions: { code: 'BAD_USER_INPUT' } }])
  })

  it.each([
    ['a missing variable', 'query ($s: Int!) { at(size: $s) }', {}, /Variable "\$s"/],
    ['a wrong variable', 'query ($s: Int!) { at(size: $s) }', { s: 'x' }, /Variable "\$s" got invalid value/],
    [
      'a variable that a scalar refuses',
      'query ($t: DateTime) { at(time: $t, size: 1) }',
      { t: 'yesterday' },
      /DateTime cannot represent/,
    ],
    ['a null for a default', 'query ($s: Int = 1) { at(size: $s) }', { s: null }, /must not be null/],
    ['an operation that is not there', 'query A { fails } query B { fails }', {}, /operation name/],
  ])('is the complaint of graphql-js about %s', async (_what, query, variables, message) => {
    const { errors, lines } = await maskedErrors(query, variables, { at: 1 })
    expect(errors).toMatchObject([
      { message: expect.stringMatching(message), extensions: { code: 'BAD_USER_INPUT', retryable: false } },
    ])
    expect(lines).toEqual([expect.objectContaining({ level: 40 })])
  })
})

describe('what is masked', () => {
  it.each([
    ['an error', new TypeError('x is not a function')],
    ['a GraphQL error without a code', new GraphQLError('select * from secret')],
    [
      'an error that claims to be ours',
      new GraphQLError('secret', { extensions: { code: 'INTERNAL_SERVER_ERROR' } }),
    ],
    ['a code that is not ours', new GraphQLError('secret', { extensions: { code: 'SECRET', sql: 'x' } })],
    ['what is no error', 'secret'],
  ])('is %s', async (_what, error) => {
    const { errors, lines } = await failing(error)
    expect(errors).toEqual([
      {
        message: 'Internal server error.',
        path: ['fails'],
        locations: [{ line: 1, column: 3 }],
        extensions: { code: 'INTERNAL_SERVER_ERROR', errorId: id, retryable: false },
      },
    ])
    expect(lines).toEqual([
      expect.objectContaining({ level: 50, msg: 'fault', errorId: errors[0]?.extensions?.errorId }),
    ])
  })

  it('is a result that does not fit the schema', async () => {
    const { errors } = await maskedErrors('{ fails list }', {}, { fails: 'secret', list: 7 })
    expect(errors.map(({ message }) => message)).toEqual(['Internal server error.', 'Internal server error.'])
  })

  it('is an error outside of any operation, and a stream that broke', () => {
    const { log } = captureLog()
    const broken = new GraphQLError('secret', { originalError: new Error('secret') })
    for (const error of [new Error('secret'), 'secret', undefined, broken]) {
      expect(maskError(error, log)).toEqual({
        message: 'Internal server error.',
        extensions: { code: 'INTERNAL_SERVER_ERROR', errorId: id, retryable: false },
      })
    }
  })
})

describe('the database', () => {
  let toy: Toy
  beforeAll(async () => {
    toy = await createToy()
  })
  afterAll(() => toy.close())
  const codeOf = async (work: () => PromiseLike<unknown>) => {
    const error = await Promise.resolve(work()).then(
      () => null,
      (thrown: unknown) => thrown,
    )
    const { log, lines } = captureLog()
    const { message, extensions } = maskError(error, log)
    expect(lines).toHaveLength(1)
    expect(message).not.toMatch(/box|select|insert|postgres/i)
    return [extensions?.code, extensions?.retryable, lines[0]?.level]
  }

  it('has its condition told, and its complaints kept', async () => {
    const { db } = toy.database
    const row = boxRow('twice')
    await db.insert(boxes).values(row)
    const raised = (code: string) => () =>
      db.execute(sql.raw(`do $$ begin raise exception 'x' using errcode = '${code}'; end $$`))
    expect(await codeOf(() => db.insert(boxes).values(row))).toEqual(['INTERNAL_SERVER_ERROR', false, 50])
    expect(await codeOf(() => db.execute(sql`select nothing from nowhere`))).toEqual([
      'INTERNAL_SERVER_ERROR',
      false,
      50,
    ])
    expect(await codeOf(raised('57014'))).toEqual(['GATEWAY_TIMEOUT', true, 50])
    expect(await codeOf(raised('55P03'))).toEqual(['SERVICE_UNAVAILABLE', true, 50])
    expect(await codeOf(raised('40P01'))).toEqual(['CONFLICT', true, 40])
    expect(await codeOf(raised('53100'))).toEqual(['SERVICE_UNAVAILABLE', true, 50])

    // As graphql-js hands it over when a resolver has thrown it.
    const inResolver = async () => {
      const originalError = await raised('57014')().then(
        () => undefined,
        (error: Error) => error,
      )
      throw new GraphQLError('x', { originalError: originalError as Error, path: ['boxes'] })
    }
    expect(await codeOf(inResolver)).toEqual(['GATEWAY_TIMEOUT', true, 50])
  })

  it('is unavailable when it is away, and a statement that is cut is no crash', async () => {
    const away = await createToy()
    await away.database.db.execute(sql`select 1`)
    const sleeping = codeOf(() => away.database.db.execute(sql`select pg_sleep(3)`))
    const inTransaction = codeOf(() =>
      away.contextOf().transaction('sleep', (tx) => tx.execute(sql`select pg_sleep(3)`) as never),
    )
    await new Promise((resolve) => setTimeout(resolve, 100))
    await toy.database.sql`
      select pg_terminate_backend(pid) from pg_stat_activity where datname = ${new URL(away.url).pathname.slice(1)}`
    expect([await sleeping, await inTransaction]).toEqual([
      ['SERVICE_UNAVAILABLE', true, 50],
      ['SERVICE_UNAVAILABLE', true, 50],
    ])
    await away.close()
    expect(await codeOf(() => away.database.db.execute(sql`select 1`))).toEqual([
      'SERVICE_UNAVAILABLE',
      true,
      50,
    ])
  })
})

it('every error class says what the protocol knows', () => {
  expect(
    [new ServiceUnavailable(), new GatewayTimeout()].map((error) => [
      error instanceof HouseError,
      error.extensions,
    ]),
  ).toEqual([
    [true, { code: 'SERVICE_UNAVAILABLE' }],
    [true, { code: 'GATEWAY_TIMEOUT' }],
  ])
})
