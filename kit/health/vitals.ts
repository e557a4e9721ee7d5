import { version } from '../version.ts'
import type { Health } from './health.ts'

const megabyte = 1024 * 1024

/** Everything about a process: the answer of `/health/detailed`. */
export const describeProcess = async (health: Health, gitSha: string | undefined): Promise<object> => ({
  ...vitals(gitSha, health.lagMs()),
  ...(await health.details()),
})

/** What can be said without asking anybody. */
function vitals(gitSha: string | undefined, lagMs: number) {
  const { rss, heapUsed, heapTotal, external } = process.memoryUsage()
  const inMegabytes = (bytes: number) => Math.round((bytes / megabyte) * 10) / 10
  return {
    version,
    ...(gitSha ? { gitSha } : {}),
    node: process.version,
    uptimeSeconds: Math.round(process.uptime()),
    eventLoopLagMs: lagMs,
    memoryMegabytes: {
      rss: inMegabytes(rss),
      heapUsed: inMegabytes(heapUsed),
      heapTotal: inMegabytes(heapTotal),
      external: inMegabytes(external),
    },
  }
}
