import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Context } from '../context.ts'
import { done, failed } from '../outcome.ts'
import { backbone, boxes, boxMade, boxRow, createToy, type Toy, times, userCaller } from './support/toy.ts'

let toy: Toy
beforeAll(async () => {
  toy = await createToy()
})
afterAll(() => toy.close())
beforeEach(async () => {
  await toy.database.sql`truncate toy.box, toy.outbox, toy.idempotency`
})

interface Input {
  label: string
  idempotencyKey?: string | null
}

let label = 0
/** A command that makes another box each time it really runs. */
const make = (ctx: Context, input: Input, name = 'makeBox') =>
  ctx.transaction(
    name,
    async (tx) => {
      const box = boxRow(`${input.label} ${label++}`)
      await tx.insert(boxes).values(box)
      await tx.emit(boxMade, { boxId: box.id, no: 1 })
      return done(box)
    },
    {},
    input,
  )
const rows = async () => [
  (await toy.database.db.select().from(boxes)).length,
  (await toy.database.db.select().from(backbone.outbox)).length,
]

it('has one effect and one answer for twelve parallel calls with one key', async () => {
  const ctx = toy.contextOf()
  const answers = await Promise.all(times(12, () => make(ctx, { label: 'a', idempotencyKey: 'k' })))
  expect(answers[0]).toEqual({
    ok: true,
    value: expect.objectContaining({ madeAt: new Date('2026-05-01T12:00:00.123Z') }),
  })
  expect(answers).toEqual(times(12, () => answers[0]))
  expect(await rows()).toEqual([1, 1])
})

it('runs each time without a key', async () => {
  const ctx = toy.contextOf()
  await make(ctx, { label: 'a' })
  await make(ctx, { label: 'a', idempotencyKey: null })
  expect(await rows()).toEqual([2, 2])
})

it('refuses the key for another input, and writes nothing', async () => {
  const ctx = toy.contextOf()
  await make(ctx, { label: 'a', idempotencyKey: 'k' })
  expect(await make(ctx, { label: 'b', idempotencyKey: 'k' })).toEqual({
    ok: false,
    failures: [
      {
        __typename: 'InputError',
        code: 'IDEMPOTENCY_KEY_REUSED',
        message: 'This idempotency key was used before with another input.',
        path: ['input', 'idempotencyKey'],
      },
    ],
  })
  expect(await rows()).toEqual([1, 1])
})

it('shares a key neither between callers nor between operations', async () => {
  const input = { label: 'a', idempotencyKey: 'k' }
  const one = userCaller()
  const first = await make(toy.contextOf(one), input)
  const others = [
    await make(toy.contextOf(), input),
    await make(toy.contextOf({ kind: 'anonymous' }), input),
    await make(toy.contextOf({ kind: 'service', service: 'x' }), input),
    await make(toy.contextOf(one), input, 'makeOtherBox'),
  ]
  const idOf = (outcome: typeof first) => (outcome.ok ? outcome.value.id : 'failed')
  expect(new Set([first, ...others].map(idOf)).size).toBe(5)
  expect(await rows()).toEqual([5, 5])
  expect(await make(toy.contextOf(one), input)).toEqual(first)
})

it('does not keep a failed outcome: the key is good for another try', async () => {
  const ctx = toy.contextOf()
  const refusal = { __typename: 'InputError', code: 'NO', message: 'no', path: [] }
  const input = { label: 'a', idempotencyKey: 'k' }
  expect(await ctx.transaction('makeBox', async () => failed(refusal), {}, input)).toEqual(failed(refusal))
  expect(await make(ctx, { label: 'mended', idempotencyKey: 'k' })).toMatchObject({ ok: true })
  expect(await rows()).toEqual([1, 1])
})

it('keeps answers of every shape', async () => {
  const ctx = toy.contextOf()
  const at = new Date('2026-05-01T12:00:00.000Z')
  const answerOf = (value: unknown, key: string) =>
    ctx.transaction('shape', async () => done(value), {}, { idempotencyKey: key })
  const shapes: [string, unknown][] = [
    ['date', at],
    ['list', [{ at, nested: { at } }, null]],
    ['text', 'x'],
    ['null', null],
    ['not a date', { $date: 'x', other: 1 }],
  ]
  for (const [key, value] of shapes) {
    await answerOf(value, key)
    expect(await answerOf('ran again', key)).toEqual(done(value))
  }
  await answerOf(undefined, 'nothing')
  expect(await answerOf('ran again', 'nothing')).toEqual(done(null))
})
