import { Histogram, Registry } from 'prom-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '../database.ts'
import { measureDatabase } from '../metrics/database-metrics.ts'
import { createHistogram, secondsBuckets } from '../metrics/histogram.ts'
import { createMetrics, type Metrics } from '../metrics/metrics.ts'
import { measureProcess } from '../metrics/process-metrics.ts'
import { captureLog } from './support/capture-log.ts'
import { createToy, type Toy } from './support/toy.ts'

/** The values of one metric: labels as they are written → value. */
async function valuesOf(metrics: Metrics, name: string): Promise<Record<string, number>> {
  const found = [...(await metrics.text()).matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)]
  return Object.fromEntries(
    found.filter(([, own]) => own === name).map(([, , labels = '', value]) => [labels, Number(value)]),
  )
}

it('a histogram says the same as one of prom-client', async () => {
  const name = 'took_seconds'
  const labelNames = ['kind', 'outcome']
  const [ours, theirs] = [new Registry(), new Registry()]
  const fast = createHistogram(name, 'Help.', labelNames)
  ours.registerMetric(fast as never)
  const slow = new Histogram({
    name,
    help: 'Help.',
    labelNames,
    buckets: [...secondsBuckets],
    registers: [theirs],
  })
  const values = [0, 0.005, 0.0050001, 0.01, 0.3, 9.99, 10, 10.1, 1e6, ...secondsBuckets]
  for (const [index, value] of values.entries()) {
    const labels = ['a "quoted"\nkind', index % 2 ? 'ok' : 'failed'] as const
    fast.of(...labels).observe(value)
    slow.labels(...labels).observe(value)
  }
  const sorted = (text: string) => text.split('\n').sort()
  expect(sorted(await ours.metrics())).toEqual(sorted(await theirs.metrics()))
})

describe('metrics', () => {
  it('that cannot be read are left out, and told', async () => {
    const { log, lines } = captureLog()
    const metrics = createMetrics(log)
    metrics.gauge('away', 'Help.', [], () => Promise.reject(new Error('no answer')))
    metrics.gauge('there', 'Help.', ['of'], () => [[['a'], 1]])
    expect(await valuesOf(metrics, 'there')).toEqual({ 'of="a"': 1 })
    expect(await valuesOf(metrics, 'away')).toEqual({})
    expect(lines.every(({ metric, msg }) => metric === 'away' && msg === 'metric not read')).toBe(true)
    expect(lines).toHaveLength(2)
  })

  it('forget what is not there any more', async () => {
    const metrics = createMetrics(captureLog().log)
    let names = ['a', 'b']
    metrics.gauge('queue', 'Help.', ['of'], () => names.map((name) => [[name], 2]))
    expect(await valuesOf(metrics, 'queue')).toEqual({ 'of="a"': 2, 'of="b"': 2 })
    names = ['b']
    expect(await valuesOf(metrics, 'queue')).toEqual({ 'of="b"': 2 })
  })

  it('tell how Node fares', async () => {
    const metrics = createMetrics(captureLog().log)
    const stop = measureProcess(metrics, 'toys')
    try {
      expect(await valuesOf(metrics, 'v8js_memory_heap_used_bytes')).toEqual({ '': expect.any(Number) })
      expect(Object.keys(await valuesOf(metrics, 'nodejs_eventloop_delay_seconds'))).toEqual([
        'quantile="0.5"',
        'quantile="0.99"',
        'quantile="max"',
      ])
      expect(await valuesOf(metrics, 'guildhall_build_info')).toEqual({
        [`service="toys",version="${(await import('../version.ts')).version}"`]: 1,
      })
    } finally {
      stop()
    }
  })
})

describe('of a database', () => {
  let toy: Toy
  beforeAll(async () => {
    toy = await createToy()
  })
  afterAll(() => toy.close())

  it('every statement is measured: through Drizzle, by itself, in transactions, and when it fails', async () => {
    const metrics = createMetrics(captureLog().log)
    const database = openDatabase(toy.url, 2, undefined, measureDatabase(metrics))
    const counts = async () => {
      const all = await valuesOf(metrics, 'db_client_operation_duration_seconds_count')
      return Object.fromEntries(
        Object.entries(all).map(([labels, value]) => [
          /db_operation_name="(\w+)",error_type="(\w*)"/.exec(labels)?.slice(1).join(' ').trim(),
          value,
        ]),
      )
    }
    try {
      const { sql, db } = database
      await sql`select ${1}::int as one`
      await db.execute('select 2')
      await sql`create temporary table kept (id int)`
      await sql
        .begin(async (tx) => {
          await tx`insert into ${tx('pg_temp.none')} values (1)`.catch(() => {})
        })
        .catch(() => {})
      await db.transaction(async (tx) => {
        await tx.execute('update pg_catalog.pg_class set relname = relname where false')
        await tx.transaction(async (nested) => nested.execute('delete from pg_catalog.pg_class where false'))
      })
      await sql`with a as (select 1) select * from a`
      // What becomes part of a statement is none.
      const condition = sql`id = ${1}`
      await sql`select 1 where ${condition}`.catch(() => {})
      expect(await counts()).toEqual({
        select: 2,
        other: 1,
        'insert 42': 1,
        update: 1,
        delete: 1,
        with: 1,
        'select 42': 1,
      })
      expect(await valuesOf(metrics, 'db_client_connection_wait_time_seconds_count')).toEqual({ '': 2 })
      expect(await valuesOf(metrics, 'db_client_connection_transactions')).toEqual({
        'state="running"': 0,
        'state="waiting"': 0,
      })
    } finally {
      await database.close()
    }
  })
})
