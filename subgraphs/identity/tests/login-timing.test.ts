import { createWorld, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freshEmail, register } from './accounts.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const guess = (email: string) =>
  world.anonymous.mutate('login', { email, password: 'a wrong password' }, 'tokens { accessToken }')

/** Of the login alone: schedules run beside it, and no answer waits for what tells the owner of a lockout. */
const statementsOf = async (email: string) =>
  (await world.statements(() => guess(email))).filter((sent) =>
    /"(throttle|password_credential|session)"/.test(sent),
  )

describe('a wrong password', () => {
  it('costs the same statements whether the account exists or not', async () => {
    const [known, unknown] = [freshEmail(), freshEmail()]
    await register(world, known)
    for (let attempt = 1; attempt <= 7; attempt++) {
      const sent = await statementsOf(known)
      expect(sent.length).toBeGreaterThan(1)
      expect(await statementsOf(unknown), `attempt ${attempt}`).toEqual(sent)
    }
  })

  it('takes the same time whether the account exists or not', async ({ annotate }) => {
    const [known, unknown] = [freshEmail(), freshEmail()]
    await register(world, known)
    const times: Record<string, number[]> = { [known]: [], [unknown]: [] }
    for (let round = 0; round < 50; round++) {
      // What failed before is forgotten: every round is a first attempt.
      world.clock.advance(60 * 60 * 1000)
      for (const email of round % 2 === 0 ? [known, unknown] : [unknown, known]) {
        const startedAt = performance.now()
        await guess(email)
        times[email]?.push(performance.now() - startedAt)
      }
    }
    const [a, b] = [quartiles(times[known] ?? []), quartiles(times[unknown] ?? [])]
    const difference = Math.abs(a.median - b.median)
    const noise = Math.max(a.upper - a.lower, b.upper - b.lower)
    await annotate(
      `known ${a.median.toFixed(1)} ms, unknown ${b.median.toFixed(1)} ms, noise ${noise.toFixed(1)} ms`,
    )
    // A hash is most of the time: leaving it out for unknown accounts would halve their median at the least.
    expect(difference).toBeLessThan(Math.min(Math.max(5, noise), Math.max(a.median, b.median) / 3))
  }, 60_000)
})

function quartiles(values: readonly number[]) {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (part: number) => sorted[Math.floor(sorted.length * part)] ?? 0
  return { lower: at(0.25), median: at(0.5), upper: at(0.75) }
}
