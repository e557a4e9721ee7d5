import type { Config } from '@guildhall/kit/config'
import { defaultMetricsPort } from '@guildhall/kit/config/sight'
import { reportFaults } from '@guildhall/kit/faults/report-faults'
import type { Health } from '@guildhall/kit/health/health'
import { type InternalServer, openInternalServer } from '@guildhall/kit/internal-server'
import { createLog, type Log } from '@guildhall/kit/log'
import { createMetrics, type Metrics } from '@guildhall/kit/metrics/metrics'
import { measureProcess } from '@guildhall/kit/metrics/process-metrics'
import { StartProblem } from '@guildhall/kit/postgres/start-problem'
import { type Tracing, tracingFrom } from '@guildhall/kit/tracing/tracing'

/** How operators see into this process. */
export interface ProcessSight {
  log: Log
  /** Handed to what is to be watched. */
  eyes: Eyes
  /** Opens the port for operators. @throws StartProblem when METRICS_PORT is set and cannot be had. */
  open(health: Health): Promise<void>
  close(): Promise<void>
}

/** Absent where nobody looks: then nothing stands in between. */
interface Eyes {
  metrics: Metrics | undefined
  tracing: Tracing | undefined
}

/**
 * @param service what this process is called.
 * @param decides whether it decides which traces are recorded.
 */
export async function processSight(config: Config, service: string, decides: boolean): Promise<ProcessSight> {
  const port = config.METRICS_PORT ?? (config.NODE_ENV === 'production' ? defaultMetricsPort : 0)
  const faults = config.SENTRY_DSN && reportFaults({ to: config.SENTRY_DSN, environment: config.NODE_ENV })
  const log = createLog(config.LOG_LEVEL, undefined, service, faults)
  const metrics = port === 0 ? undefined : createMetrics(log)
  const tracing = await tracingFrom(config, service, decides)
  const stopMeasuring = metrics && measureProcess(metrics, service)
  let server: InternalServer | undefined
  return {
    log,
    eyes: { metrics, tracing },
    async open(health) {
      if (metrics) server = await openServer(config, { port, health, metrics }, log)
    },
    async close() {
      stopMeasuring?.()
      await server?.close()
      // A collector that is away must not keep us from ending.
      await tracing?.close().catch((error: unknown) => log.warn({ err: error }, 'traces not sent'))
      await faults?.close()
    },
  }
}

/** Several processes on one machine cannot all have the default port: only one that was asked for is worth a failed start. */
async function openServer(
  { HOST, METRICS_HOST: host = HOST, METRICS_PORT: wanted, GIT_SHA: gitSha }: Config,
  options: { port: number; health: Health; metrics: Metrics },
  log: Log,
): Promise<InternalServer | undefined> {
  const { port } = options
  try {
    const server = await openInternalServer({ ...options, host, gitSha })
    log.info({ port: server.port }, 'metrics and health for operators')
    return server
  } catch (error) {
    if (wanted !== undefined) {
      throw new StartProblem(
        `Port ${port} (METRICS_PORT) cannot be had: choose another one, or 0 for none.`,
        error,
      )
    }
    log.warn({ err: error, port }, 'no metrics: the default port is taken, choose one with METRICS_PORT')
    return undefined
  }
}
