import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { type Database, openDatabase } from '../database.ts'
import { createLog } from '../log.ts'
import { openSignals, type Signals } from '../signals.ts'
import { createToy, type Toy, times } from './support/toy.ts'

let toy: Toy
let other: Database
const open: Signals[] = []
beforeAll(async () => {
  toy = await createToy()
  other = openDatabase(toy.url)
})
afterAll(async () => {
  await other.close()
  await toy.close()
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((signals) => signals.close()))
})

const signalsOn = async (database: Database) => {
  const signals = await openSignals(database.sql, createLog('silent'))
  open.push(signals)
  return signals
}
const heardBy = (signals: Signals, channel: string) => {
  const heard: (string | null)[] = []
  const stop = signals.listen(channel, (key) => heard.push(key))
  return { heard, stop }
}

it('reach every process, in order, and only those who listen to the channel', async () => {
  const [here, there] = [await signalsOn(toy.database), await signalsOn(other)]
  const [a, b, c] = [heardBy(here, 'one'), heardBy(there, 'one'), heardBy(there, 'two')]
  here.send('one', ['x', 'y'])
  await vi.waitFor(() =>
    expect([a.heard, b.heard]).toEqual([
      ['x', 'y'],
      ['x', 'y'],
    ]),
  )
  expect(c.heard).toEqual([])
})

it('carry more and longer keys than one notification holds', async () => {
  const signals = await signalsOn(toy.database)
  const { heard } = heardBy(signals, 'long')
  const keys = times(400, (no) => `${'é'.repeat(60)}-${no}`)
  signals.send('long', keys)
  await vi.waitFor(() => expect(heard).toHaveLength(400))
  expect([...heard].sort()).toEqual([...keys].sort())
})

it('end when nobody listens any more', async () => {
  const signals = await signalsOn(toy.database)
  const [ended, going] = [heardBy(signals, 'one'), heardBy(signals, 'one')]
  ended.stop()
  signals.send('one', ['x'])
  await vi.waitFor(() => expect(going.heard).toEqual(['x']))
  expect(ended.heard).toEqual([])
  await signals.close()
  open.splice(0)
  await toy.database.sql`select pg_notify('guildhall', '{"channel":"one","keys":["late"]}')`
  await pause(100)
  expect(going.heard).toEqual(['x'])
})

it('tell "anything may have changed" after their connection was cut, and go on', async () => {
  const signals = await signalsOn(toy.database)
  const { heard } = heardBy(signals, 'one')
  await pause(50)
  expect(heard).toEqual([])
  const cut = await other.sql`
    select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'listen%'`
  expect(cut).toHaveLength(1)
  await vi.waitFor(() => expect(heard).toEqual([null]), 5_000)
  ;(await signalsOn(other)).send('one', ['x'])
  await vi.waitFor(() => expect(heard).toEqual([null, 'x']))
})

it('survive what is not theirs and a listener that throws', async () => {
  const signals = await signalsOn(toy.database)
  signals.listen('one', () => {
    throw new Error('listener')
  })
  const { heard } = heardBy(signals, 'one')
  for (const foreign of ['no json', 'null', '{}', '[1]']) {
    await other.sql`select pg_notify('guildhall', ${foreign})`
  }
  signals.send('one', ['x'])
  await vi.waitFor(() => expect(heard).toEqual(['x']))
})
