import { runChecks, within } from '@guildhall/kit/health/checks'
import { watchEventLoop } from '@guildhall/kit/health/event-loop'
import type { Health } from '@guildhall/kit/health/health'
import type { SubgraphUpstream } from '@guildhall/kit/upstream'
import type { CallerResolver } from '../callers/caller-resolver.ts'

export interface RouterHealthOptions {
  upstreams: Readonly<Record<string, SubgraphUpstream>>
  callers: CallerResolver
  isClosing(): boolean
  /** Domains that run in this process; without their database it should get no requests. */
  inside?: Health | undefined
  /** What else is not done yet, such as the writing of a demo world. */
  preparations?: (() => readonly string[]) | undefined
}

export interface RouterHealth extends Health {
  close(): void
}

const readyWithinMs = 2_000
const reachableWithinMs = 1_000

/**
 * How the router is. It is ready without its subgraphs: if one of them could make it unready, all would be away. For the
 * same reason keys that were loaded once are enough; identity may be away later.
 */
export function watchRouter(options: RouterHealthOptions): RouterHealth {
  const { upstreams, callers, inside } = options
  const eventLoop = watchEventLoop()
  let hadKeys = false
  const keyProblems = async () => {
    hadKeys ||= await within(readyWithinMs, () => callers.isReady()).catch(() => false)
    return hadKeys ? [] : ['access tokens cannot be verified yet']
  }
  const problems = async () => {
    if (options.isClosing()) return ['shutting down']
    const found = await Promise.all([keyProblems(), inside?.problems() ?? []])
    return [...(options.preparations?.() ?? []), ...found.flat()]
  }
  const checks = Object.entries(upstreams).map(([name, upstream]) => ({
    name: `subgraph ${name}`,
    look: (signal: AbortSignal) => reach(name, upstream, callers, signal),
  }))
  return {
    problems,
    lagMs: eventLoop.lagMs,
    async details() {
      const [found, looked, domains] = await Promise.all([
        problems(),
        runChecks(checks, reachableWithinMs),
        inside?.details(),
      ])
      return {
        ready: found.length === 0,
        problems: found,
        checks: { ...looked, ...domains?.checks },
        upstreams: Object.fromEntries(
          Object.entries(upstreams).flatMap(([name, { state }]) => (state ? [[name, state()]] : [])),
        ),
      }
    },
    close: eventLoop.close,
  }
}

async function reach(
  name: string,
  upstream: SubgraphUpstream,
  callers: CallerResolver,
  signal: AbortSignal,
): Promise<undefined> {
  const nobody = await callers.resolve(undefined, { address: null, userAgent: null })
  const context = await nobody.signedContext()
  const { errors } = await upstream.execute({ query: '{ __typename }', context, signal })
  if (errors?.length) throw new Error(`${name} answers with an error`)
}
