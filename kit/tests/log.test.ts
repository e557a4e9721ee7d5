import { sql } from 'drizzle-orm'
import { buildSchema, GraphQLError, graphql } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BadUserInput } from '../errors.ts'
import { createLog } from '../log.ts'
import { createToy, type Toy } from './support/toy.ts'

const lines: string[] = []
const log = createLog('trace', { write: (line) => void lines.push(line) }, 'toys')
const last = () => JSON.parse(lines.at(-1) ?? '') as Record<string, unknown>

it('says when, how bad, who and which version', () => {
  log.info({ requestId: 'r' }, 'done')
  expect(last()).toEqual({
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    level: 'info',
    service: 'toys',
    version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    requestId: 'r',
    msg: 'done',
  })
})

it.each([
  'password',
  'token',
  'accessToken',
  'refreshToken',
  'secret',
  'authorization',
  'cookie',
  'x-guildhall-context',
  'context',
  'email',
  'phone',
  'variables',
])('never writes what is called %s, down to the third level', (name) => {
  log.info({ [name]: 'canary', a: { [name]: 'canary', b: { [name]: { deep: 'canary' } } } })
  expect(lines.at(-1)).not.toContain('canary')
  expect(last()).toMatchObject({ [name]: '…', a: { [name]: '…', b: { [name]: '…' } } })
})

describe('of an error', () => {
  let toy: Toy
  beforeAll(async () => {
    toy = await createToy()
  })
  afterAll(() => toy.close())

  const logged = (error: unknown) => {
    log.error({ err: error }, 'failed')
    expect(lines.at(-1)).not.toContain('canary')
    return last().err as Record<string, unknown>
  }
  const thrownBy = (work: PromiseLike<unknown>) =>
    Promise.resolve(work).then(
      () => undefined,
      (error: unknown) => error,
    )

  it('type, message, code, frames and causes are told', () => {
    const error = Object.assign(new TypeError('off', { cause: new Error('why') }), {
      code: 'E1',
      extra: 'canary',
    })
    expect(logged(error)).toEqual({
      type: 'TypeError',
      message: 'off',
      code: 'E1',
      stack: expect.stringMatching(/^ {4}at .*log\.test\.ts/),
      cause: { type: 'Error', message: 'why', stack: expect.any(String) },
    })
  })

  it('the values of a statement are not, nor those of the row that PostgreSQL complains about', async () => {
    const { db } = toy.database
    const statement = sql`select ${'canary@example.org'}::int`
    expect(logged(await thrownBy(db.execute(statement)))).toMatchObject({
      type: 'DrizzleQueryError',
      message: 'Failed query: select $1::int',
      cause: { type: 'PostgresError', code: '22P02', message: 'invalid input syntax for type integer: …' },
    })
    const insert = sql`insert into guest values (${'canary-password'}), (${'canary-password'})`
    const twice = await thrownBy(
      db.transaction(async (tx) => {
        await tx.execute(sql`create temporary table guest (email text constraint guest_once unique)`)
        await tx.execute(insert)
      }),
    )
    expect(logged(twice)).toMatchObject({
      cause: { code: '23505', constraint: 'guest_once', table: 'guest' },
    })
  })

  it.each([
    '{ at(n: "canary-password") }',
    '{ at(n: 12.5, canary: 1) }',
    '{ at(n: "canary',
    'query ($n: Int!) { at(n: $n) }',
  ])('what a client sent is not: %s', async (source) => {
    const schema = buildSchema('type Query { at(n: Int!): Int }')
    for (const n of ['canary', { a: 'canary@example.org' }, ['canary'], { canary: 1 }]) {
      const { errors } = await graphql({ schema, source, variableValues: { n } })
      expect(errors?.length).toBeGreaterThan(0)
      for (const error of errors ?? []) logged(error)
    }
  })

  it('our own words are, without what looks like a person or a secret', () => {
    expect(logged(new BadUserInput('This is not an id of the kind "shf_…".'))).toMatchObject({
      message: 'This is not an id of the kind "shf_…".',
    })
    const texts = [
      'mailbox <canary@example.org> is full',
      'Authorization: Bearer canary.canary-_',
      'eyJcanary.canary.canary was refused',
      'ghk_canary_canary was refused',
      'GET https://example.org/verify?token=canary failed',
      'postgres://user:canary@host:5432/db',
    ]
    for (const text of texts) logged(new Error(text))
    for (const text of texts) logged(new GraphQLError(text))
    expect(logged('canary@example.org')).toEqual({ type: 'string', message: '…@…' })
  })
})
