import type { SubgraphRuntime } from '../subgraph-runtime.ts'
import { readTraceparent, traceHeader, writeTraceparent } from './trace-context.ts'
import { step, type Tracing } from './tracing.ts'

/** A domain in this process, with a step for each operation. */
export const traceRuntime = (runtime: SubgraphRuntime, tracing: Tracing): SubgraphRuntime => ({
  ...runtime,
  execute: (request) =>
    step(
      tracing,
      `domain ${runtime.definition.domain}`,
      optionsOf(runtime, request.headers?.[traceHeader]),
      (context) =>
        runtime.execute({
          ...request,
          headers: { ...request.headers, [traceHeader]: writeTraceparent(context) },
        }),
    ),
})

const optionsOf = ({ definition }: SubgraphRuntime, header: unknown) => ({
  kind: 'server' as const,
  parent: readTraceparent(header),
  facts: { 'guildhall.domain': definition.domain },
})
