import { Counter, Gauge, type Metric, Registry } from 'prom-client'
import type { Log } from '../log.ts'
import { createHistogram, type Histogram } from './histogram.ts'

/** A value with its labels, in the order of the label names. */
export type Reading = readonly [labels: readonly string[], value: number]

/** One combination of labels of a counter. */
export interface Tally {
  inc(by?: number): void
}

/** What a process counts and measures, for Prometheus. Names are OpenTelemetry's, spelt with `_` and with units. */
export interface Metrics {
  /** Durations in seconds, unless `bounds` are of another kind. The same name gives the same histogram. */
  histogram(name: string, help: string, labelNames?: readonly string[], bounds?: readonly number[]): Histogram
  /** @returns the counter of these values; holders keep it. */
  counter(name: string, help: string, labelNames?: readonly string[]): (...labels: string[]) => Tally
  /** Something that is looked at when somebody asks; what throws is left out, the rest is told. */
  gauge(
    name: string,
    help: string,
    labelNames: readonly string[],
    read: () => readonly Reading[] | Promise<readonly Reading[]>,
  ): void
  /** The same for what only ever grows. */
  total(name: string, help: string, labelNames: readonly string[], read: () => readonly Reading[]): void
  /** Everything in the text format of Prometheus. */
  text(): Promise<string>
  contentType: string
}

export function createMetrics(log: Log): Metrics {
  const registry = new Registry()
  const readInto = async (
    name: string,
    read: () => readonly Reading[] | Promise<readonly Reading[]>,
    write: (labels: readonly string[], value: number) => void,
  ) => {
    try {
      for (const [labels, value] of await read()) write(labels, value)
    } catch (error) {
      log.warn({ err: error, metric: name }, 'metric not read')
    }
  }
  const histograms = new Map<string, Histogram>()
  return {
    histogram(name, help, labelNames = [], bounds) {
      const made = histograms.get(name)
      if (made) return made
      const histogram = createHistogram(name, help, labelNames, bounds)
      // The registry asks for a name and for `get`, its type for a metric that prom-client has made.
      registry.registerMetric(histogram as unknown as Metric)
      histograms.set(name, histogram)
      return histogram
    },
    counter(name, help, labelNames = []) {
      const counter = new Counter({ name, help, labelNames, registers: [registry] })
      const known = new Map<string, Tally>()
      return (...labels) => {
        const key = labels.join('\n')
        const tally = known.get(key) ?? counter.labels(...labels)
        known.set(key, tally)
        return tally
      }
    },
    gauge(name, help, labelNames, read) {
      new Gauge({
        name,
        help,
        labelNames,
        registers: [registry],
        async collect() {
          this.reset()
          // A metric without labels would say 0 where nothing is known.
          if (labelNames.length === 0) this.remove()
          await readInto(name, read, (labels, value) => this.labels(...labels).set(value))
        },
      })
    },
    total(name, help, labelNames, read) {
      new Counter({
        name,
        help,
        labelNames,
        registers: [registry],
        async collect() {
          this.reset()
          if (labelNames.length === 0) this.remove()
          await readInto(name, read, (labels, value) => this.labels(...labels).inc(value))
        },
      })
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}
