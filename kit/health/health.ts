import type { UpstreamState } from '../upstream.ts'
import type { CheckResult } from './checks.ts'

/** How a process, or one server in it, is. */
export interface Health {
  /** What keeps it from serving; empty when it should be sent requests. */
  problems(): Promise<readonly string[]>
  /** How far the event loop is behind. */
  lagMs(): number
  /** Everything that an operator may want to see; not for strangers. */
  details(): Promise<HealthDetails>
}

export interface HealthDetails {
  ready: boolean
  problems: readonly string[]
  checks: Readonly<Record<string, CheckResult>>
  /** How guarded subgraphs fare, by name. */
  upstreams?: Readonly<Record<string, UpstreamState>>
}

/** What the open probes need. */
export type Probes = Pick<Health, 'problems' | 'lagMs'>

/** What is answered to a probe. */
export interface HealthAnswer {
  status: 200 | 503
  body: object
}

/** Paths for orchestrators, which ask without credentials. */
export const probePaths = ['/health', '/health/live', '/health/ready'] as const
export const detailsPath = '/health/detailed'

/** Somebody whose event loop is behind by this much should be restarted. */
const longestLagMs = 10_000

/** Answers one of {@link probePaths}. Liveness looks at nothing but this process. */
export async function answerProbe(path: string, { problems, lagMs }: Probes): Promise<HealthAnswer> {
  return verdict(path === '/health/ready' ? await problems() : livenessProblems(lagMs()))
}

const livenessProblems = (lagMs: number): string[] =>
  lagMs < longestLagMs ? [] : [`the event loop is ${Math.round(lagMs / 1_000)} s behind`]

const verdict = (problems: readonly string[]): HealthAnswer =>
  problems.length === 0
    ? { status: 200, body: { status: 'UP' } }
    : { status: 503, body: { status: 'DOWN', problems } }
