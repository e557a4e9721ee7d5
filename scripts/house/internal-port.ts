import type { Config } from '@guildhall/kit/config'
import { defaultMetricsPort } from '@guildhall/kit/config/sight'
import type { Health } from '@guildhall/kit/health/health'
import { type InternalServer, openInternalServer } from '@guildhall/kit/internal-server'
import type { Log } from '@guildhall/kit/log'
import { StartProblem } from '@guildhall/kit/postgres/start-problem'

/**
 * Opens the port for operators, if there is to be one. Several processes on one machine cannot all have the default
 * port: only one that was asked for is worth a failed start.
 *
 * @throws StartProblem when METRICS_PORT is set and cannot be had.
 */
export async function openInternalPort(
  config: Config,
  health: Health,
  log: Log,
): Promise<InternalServer | undefined> {
  const { NODE_ENV, HOST, METRICS_PORT: wanted, METRICS_HOST: host = HOST, GIT_SHA: gitSha } = config
  const port = wanted ?? (NODE_ENV === 'production' ? defaultMetricsPort : 0)
  if (port === 0) return undefined
  try {
    const server = await openInternalServer({ port, host, health, gitSha })
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
