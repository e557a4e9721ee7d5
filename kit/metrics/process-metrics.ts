import {
  constants,
  monitorEventLoopDelay,
  type NodeGCPerformanceDetail,
  type PerformanceEntry,
  PerformanceObserver,
  performance,
} from 'node:perf_hooks'
import { version } from '../version.ts'
import type { Metrics } from './metrics.ts'

const nanosecondsPerSecond = 1e9

/** Node's own condition. @returns a function that stops watching. */
export function measureProcess(metrics: Metrics, service: string): () => void {
  const delay = monitorEventLoopDelay({ resolution: 20 })
  delay.enable()
  const seconds = (nanoseconds: number) =>
    Number.isFinite(nanoseconds) ? nanoseconds / nanosecondsPerSecond : 0
  metrics.gauge(
    'nodejs_eventloop_delay_seconds',
    'How late timers fire, since the last time this was read.',
    ['quantile'],
    () => {
      const readings = [
        [['0.5'], seconds(delay.percentile(50))],
        [['0.99'], seconds(delay.percentile(99))],
        [['max'], seconds(delay.max)],
      ] as const
      delay.reset()
      return readings
    },
  )
  let before = performance.eventLoopUtilization()
  metrics.gauge('nodejs_eventloop_utilization_ratio', 'Share of time the event loop was busy.', [], () => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, before)
    before = now
    return [[[], utilization]]
  })
  metrics.gauge('v8js_memory_heap_used_bytes', 'Memory that objects take.', [], () => [
    [[], process.memoryUsage().heapUsed],
  ])
  metrics.gauge('process_memory_usage_bytes', 'Resident memory.', [], () => [[[], process.memoryUsage.rss()]])
  metrics.total('process_cpu_time_seconds_total', 'CPU time of this process.', ['cpu_mode'], () => {
    const { user, system } = process.cpuUsage()
    return [
      [['user'], user / 1e6],
      [['system'], system / 1e6],
    ]
  })
  metrics.gauge('process_start_time_seconds', 'When the process started, in seconds since 1970.', [], () => [
    [[], performance.timeOrigin / 1_000],
  ])
  metrics.gauge(
    'guildhall_build_info',
    'Always 1; its labels say what runs here.',
    ['service', 'version'],
    () => [[[service, version], 1]],
  )
  const gc = watchCollections(metrics)
  return () => {
    delay.disable()
    gc.disconnect()
  }
}

const kinds: Readonly<Record<number, string>> = {
  [constants.NODE_PERFORMANCE_GC_MINOR]: 'minor',
  [constants.NODE_PERFORMANCE_GC_MAJOR]: 'major',
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: 'incremental',
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: 'weakcb',
}

function watchCollections(metrics: Metrics): PerformanceObserver {
  const duration = metrics.histogram('v8js_gc_duration_seconds', 'Garbage collections.', ['v8js_gc_type'])
  const observer = new PerformanceObserver((list) => {
    // The types leave out what every entry about a collection has.
    for (const entry of list.getEntries() as (PerformanceEntry & { detail: NodeGCPerformanceDetail })[]) {
      const { kind } = entry.detail
      duration.of(kinds[kind ?? 0] ?? 'other').observe(entry.duration / 1_000)
    }
  })
  observer.observe({ entryTypes: ['gc'] })
  return observer
}
