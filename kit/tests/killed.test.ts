import type { ChildProcess } from 'node:child_process'
import { describe, expect, it, vi } from 'vitest'
import { seededRandom } from '../testing/seeded-random.ts'
import { type Command, steps } from './support/mortal-steps.ts'
import { broker, isDead, mortals } from './support/mortals.ts'
import { times } from './support/toy.ts'
import { seenOf } from './support/toy-process.ts'

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)
const aggregates = ['red', 'green', 'blue']
const house = mortals()

/** Events that have not had their effect yet. */
const waiting = async () =>
  (
    await house.toy.database.sql`
      select 1 from toy.outbox where sent_at is null union all select 1 from bus.delivery`
  ).length

const patience = { timeout: 60_000, interval: 50 }

/** Whether the process has acknowledged the command before it died. */
async function isDone(child: ChildProcess, command: Command): Promise<boolean> {
  if (isDead(child)) return false
  const answer = new Promise<boolean>((resolve) => {
    const heard = (key: unknown) => key === `${command.aggregate} ${command.no}` && settle(true)
    const died = () => settle(false)
    const settle = (acknowledged: boolean) => {
      child.off('message', heard).off('exit', died)
      resolve(acknowledged)
    }
    child.on('message', heard).on('exit', died)
  })
  child.send(command, () => {})
  return answer
}

describe.each([
  ['postgres', 50],
  ['nats', 10],
] as const)('over %s', (transport, rounds) => {
  const isAbsent = transport === 'nats' && !broker
  it.skipIf(isAbsent)(
    `what was acknowledged has its effect once and in order, whenever a process is killed, SEED=${seed}${isAbsent ? ' (no NATS server here)' : ''}`,
    { timeout: 900_000 },
    async () => {
      const random = seededRandom(seed)
      // Takes what a dead process leaves undone, but has no effects: those are the victims'.
      const survivor = await house.start(transport, { consumes: false, dies: null })
      const deaths = new Map<string, number>()
      for (const round of times(rounds, (no) => no)) {
        const at = steps[round % steps.length] ?? steps[0]
        const dies = { at, passing: 1 + Math.floor(random() * 3) }
        const victim = await house.start(transport, { consumes: true, dies })
        const commands = times(3, (turn) =>
          aggregates.map((aggregate) => ({ aggregate, no: round * 3 + turn + 1 })),
        )
        for (const turn of commands) {
          await Promise.all(
            turn.map(async (command) => {
              if (await isDone(victim, command)) return
              // As a client does that got no answer: the same again, to whoever lives.
              expect(await isDone(survivor, command)).toBe(true)
            }),
          )
        }
        if (at.includes('effect'))
          await vi.waitUntil(async () => isDead(victim) || (await waiting()) === 0, patience)
        if (victim.signalCode !== null) deaths.set(at, (deaths.get(at) ?? 0) + 1)
        await house.kill(victim)
        // As if the time of its lease had passed.
        await house.toy.database.sql`update bus.position set leased_until = now()`
      }
      await house.start(transport, { consumes: true, dies: null })
      const all = times(rounds * 3, (index) => index + 1)
      for (const aggregate of aggregates) {
        await vi.waitFor(
          async () => expect((await seenOf(house.toy, aggregate)).length).toBeGreaterThanOrEqual(all.length),
          patience,
        )
      }
      expect(await waiting()).toBe(0)
      for (const aggregate of aggregates) expect(await seenOf(house.toy, aggregate)).toEqual(all)
      expect([...deaths.keys()].sort()).toEqual([...steps].sort())
    },
  )
})
