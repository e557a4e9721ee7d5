import { readTraceparent, traceHeader, writeTraceparent } from '@guildhall/kit/tracing/trace-context'
import { step, type Tracing } from '@guildhall/kit/tracing/tracing'
import type { SubgraphUpstream } from '@guildhall/kit/upstream'

type Upstreams = Readonly<Record<string, SubgraphUpstream>>

/** A step for each fetch; the subgraph goes on from it. */
export const traceUpstreams = (upstreams: Upstreams, tracing: Tracing): Upstreams =>
  Object.fromEntries(
    Object.entries(upstreams).map(([name, upstream]) => [name, trace(name, upstream, tracing)]),
  )

const trace = (name: string, upstream: SubgraphUpstream, tracing: Tracing): SubgraphUpstream => ({
  ...upstream,
  execute: (request) =>
    step(
      tracing,
      `fetch ${name}`,
      {
        kind: 'client',
        parent: readTraceparent(request.headers?.[traceHeader]),
        facts: { 'guildhall.domain': name },
      },
      (context) =>
        upstream.execute({
          ...request,
          headers: { ...request.headers, [traceHeader]: writeTraceparent(context) },
        }),
    ),
})
