import { inject } from 'vitest'
import type { Caller } from '../../caller.ts'
import { type ManualClock, manualClock } from '../../clock.ts'
import type { Context, DomainRuntime } from '../../context.ts'
import { type Database, openDatabase } from '../../database.ts'
import { cloneDatabase, dropDatabase } from '../../postgres/test-cluster.ts'
import type {} from '../../testing/global-setup.ts'
import { contextIn, ddl, toyRuntime, userCaller } from './toy-domain.ts'

export * from './toy-domain.ts'

/** A database of its own with the toy domain in it. */
export interface Toy {
  url: string
  clock: ManualClock
  database: Database
  runtime: DomainRuntime
  /** How often a commit said that the outbox was written. */
  wakes(): number
  contextOf(caller?: Caller): Context
  close(): Promise<void>
}

export async function createToy(overrides: Partial<DomainRuntime> = {}): Promise<Toy> {
  const url = await cloneDatabase(inject('guildhallTemplate'))
  const database = openDatabase(url)
  await database.sql.unsafe(ddl)
  const clock = manualClock(new Date('2026-05-01T12:00:00.000Z'))
  let wakes = 0
  const runtime: DomainRuntime = {
    ...toyRuntime(database, clock),
    outboxWritten: () => {
      wakes++
    },
    ...overrides,
  }
  return {
    url,
    clock,
    database,
    runtime,
    wakes: () => wakes,
    contextOf: (caller = userCaller()) => contextIn(runtime, caller),
    close: async () => {
      await database.close()
      await dropDatabase(url)
    },
  }
}
