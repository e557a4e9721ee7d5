import { readFileSync } from 'node:fs'
import path from 'node:path'
import { openInternalServer } from '@guildhall/kit/internal-server'
import { createLog } from '@guildhall/kit/log'
import { createMetrics } from '@guildhall/kit/metrics/metrics'
import { measureProcess } from '@guildhall/kit/metrics/process-metrics'
import { expect, it } from 'vitest'
import { openTestHouse } from '../support/houses.ts'
import { organizerWithEvent } from '../support/people.ts'

const root = path.join(import.meta.dirname, '..', '..')
const read = (file: string) => readFileSync(path.join(root, file), 'utf8')

it('every metric that an alert or the documentation names is there', async () => {
  const metrics = createMetrics(createLog('silent'))
  const stop = measureProcess(metrics, 'guildhall')
  const house = await openTestHouse({ metrics })
  const { health } = house.house.router
  const internal = await openInternalServer({ port: 0, host: '127.0.0.1', health, metrics })
  try {
    await organizerWithEvent(house.url)
    const text = await (await fetch(`http://127.0.0.1:${internal.port}/metrics`)).text()
    const types = new Map([...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name, type]) => [name, type]))
    const exists = (name: string) =>
      types.has(name) || types.get(name.replace(/_(bucket|count|sum)$/, '')) === 'histogram'

    const alerts = [...read('deploy/prometheus/alerts.yml').matchAll(/^ +expr: (.+)$/gm)].map(
      ([, expr = '']) => expr,
    )
    expect(alerts.length).toBeGreaterThan(10)
    const named = alerts.flatMap((expr) =>
      [...expr.matchAll(/\b([a-z0-9]+_[a-z0-9_]+)(?=[{[ )]|$)/g)].map(([name]) => name),
    )
    const functions = ['histogram_quantile']
    expect(named.filter((name) => !functions.includes(name) && !exists(name))).toEqual([])
    expect(new Set(named.filter(exists)).size).toBeGreaterThan(10)

    const documented = [
      ...read('docs/operations.md').matchAll(/`((?:http|graphql|guildhall|db|nodejs|v8js)_\w+)`/g),
    ]
    const labels = ['graphql_operation_type', 'db_operation_name']
    expect(documented.length).toBeGreaterThan(15)
    expect(
      documented.map(([, name = '']) => name).filter((name) => !labels.includes(name) && !exists(name)),
    ).toEqual([])

    // A house that has just worked: what was counted is more than nothing.
    expect(text).toMatch(/^guildhall_ready 1$/m)
    expect(text).toMatch(/^guildhall_outbox_published_total\{domain="events"\} [1-9]/m)
    expect(text).toMatch(
      /^db_client_operation_duration_seconds_count\{[^}]*db_operation_name="insert",error_type=""\} [1-9]/m,
    )
  } finally {
    stop()
    await internal.close()
    await house.close()
  }
})
