import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type Database, openDatabase } from '../database.ts'
import { createLog } from '../log.ts'
import { type RunningSchedules, startSchedules } from '../schedules.ts'
import { contextIn, createToy, type Toy, times } from './support/toy.ts'

let toy: Toy
const running: { schedules: RunningSchedules; database: Database }[] = []
beforeEach(async () => {
  toy = await createToy()
})
afterEach(async () => {
  await stopAll()
  await toy.close()
})

async function stopAll() {
  for (const { schedules, database } of running.splice(0)) {
    await schedules.stop()
    await database.close()
  }
}

/** What one replica does by the clock. */
function start(run: () => Promise<void>, everySeconds = 600) {
  const database = openDatabase(toy.url, 2)
  const runtime = { ...toy.runtime, database }
  const definition = { domain: 'toy', schedules: [{ name: 'sweep', everySeconds, run }] }
  const scheduleContext = () => contextIn(runtime)
  const schedules = startSchedules([{ definition, runtime, scheduleContext }], createLog('silent'))
  running.push({ schedules, database })
}

const row = async () => {
  const [found] = await toy.database.sql`
    select holder is null as free, leased_until <= now() + interval '20 seconds' as "isSoonFree",
      last_error as error, last_ms as ms, last_good_at is not null as "wasGood", started_at <= ended_at as ended,
      extract(epoch from next_due_at - started_at)::int as "dueAfter"
    from bus.schedule where domain = 'toy' and name = 'sweep'`
  return found
}
const ended = () =>
  vi.waitFor(async () => expect(await row()).toMatchObject({ free: true, ended: true }), 10_000)

it('a schedule is run by one of four replicas, and not again by those that start before it is due', async () => {
  let runs = 0
  const run = async () => void runs++
  for (const _ of times(4, String)) start(run)
  await ended()
  await stopAll()
  for (const _ of times(4, String)) start(run)
  await stopAll()
  expect(runs).toBe(1)
  expect(await row()).toEqual({
    free: true,
    isSoonFree: null,
    error: null,
    ms: expect.any(Number),
    wasGood: true,
    ended: true,
    dueAfter: 600,
  })

  await toy.database.sql`update bus.schedule set next_due_at = now() - interval '1 second'`
  start(run)
  await vi.waitFor(() => expect(runs).toBe(2), 10_000)
})

it('a failed run is remembered with its error, and what is run again after it is good', async () => {
  let fails = true
  const run = async () => {
    if (fails) throw new Error('no tools')
  }
  start(run)
  await ended()
  expect(await row()).toMatchObject({ error: 'Error: no tools', wasGood: false, dueAfter: 600 })
  await stopAll()
  fails = false
  await toy.database.sql`update bus.schedule set next_due_at = now() - interval '1 second'`
  start(run)
  await vi.waitFor(async () => expect(await row()).toMatchObject({ error: null, wasGood: true }), 10_000)
})

it('a shorter rhythm of a new version counts at once, a longer one after the next run', async () => {
  start(async () => {})
  await ended()
  await stopAll()
  const due = async () => (await row())?.dueAfter
  start(async () => {}, 6_000)
  await stopAll()
  expect(await due()).toBe(600)
  start(async () => {}, 60)
  await stopAll()
  expect(await due()).toBeLessThan(100)
})

it('the run of a killed process is taken over within 35 seconds', { timeout: 60_000 }, async () => {
  const script = path.join(import.meta.dirname, 'support/mortal-schedule.ts')
  const holder: ChildProcess = spawn(process.execPath, [script, toy.url], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  await once(holder, 'message')
  let runs = 0
  start(async () => void runs++)
  expect(await row()).toMatchObject({ free: false, isSoonFree: true })
  holder.kill('SIGKILL')
  await once(holder, 'exit')
  expect(runs).toBe(0)
  await vi.waitUntil(() => runs === 1, { timeout: 35_000, interval: 100 })
})
