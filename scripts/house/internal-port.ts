import type { Config } from '@guildhall/kit/config'
import { defaultMetricsPort } from '@guildhall/kit/config/sight'
import type { Health } from '@guildhall/kit/health/health'
import { type InternalServer, openInternalServer } from '@guildhall/kit/internal-server'
import type { Log } from '@guildhall/kit/log'
import { createMetrics, type Metrics } from '@guildhall/kit/metrics/metrics'
import { measureProcess } from '@guildhall/kit/metrics/process-metrics'
import { StartProblem } from '@guildhall/kit/postgres/start-problem'

/** Where operators look into this process. */
export interface InternalPort {
  /** Handed to what is to be measured; absent where nobody can read it. */
  metrics: Metrics | undefined
  /** Opens the port. @throws StartProblem when METRICS_PORT is set and cannot be had. */
  open(health: Health): Promise<void>
  close(): Promise<void>
}

/** @param service what this process is called. */
export function internalPort(config: Config, service: string, log: Log): InternalPort {
  const port = config.METRICS_PORT ?? (config.NODE_ENV === 'production' ? defaultMetricsPort : 0)
  if (port === 0) return { metrics: undefined, open: async () => {}, close: async () => {} }
  const metrics = createMetrics(log)
  const stopMeasuring = measureProcess(metrics, service)
  let server: InternalServer | undefined
  return {
    metrics,
    async open(health) {
      server = await openServer(config, { port, health, metrics }, log)
    },
    async close() {
      stopMeasuring()
      await server?.close()
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
