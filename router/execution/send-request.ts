import { ServiceUnavailable } from '@guildhall/kit/errors'
import type { SubgraphUpstream } from '@guildhall/kit/upstream'
import type { ExecutionResult } from 'graphql'
import type { RequestContext } from './request-context.ts'
import type { PlannedRequest } from './requests.ts'

/** What came of a request: GraphQL, or why there is none. */
export type Answer = ExecutionResult | { failure: unknown }

/** Sends a request in the name of the run's caller. Never rejects. */
export type Send = (request: PlannedRequest, variables: Record<string, unknown>) => Promise<Answer>

/**
 * The way of one run to the subgraphs. In-process subgraphs may not notice the signal of the run; what still waits when it
 * aborts fails all the same, at once. One listener serves all requests of a run.
 */
export function createSender(
  upstreams: Readonly<Record<string, SubgraphUpstream>>,
  { scope, caller, headers }: RequestContext,
): Send {
  const { signal } = scope
  const waiting = new Set<(answer: Answer) => void>()
  const giveUp = () => {
    for (const answer of waiting) answer({ failure: signal.reason })
  }
  let token: Promise<string | undefined> | undefined

  const execute = async (
    { service, text, document, operationName, isQuery }: PlannedRequest,
    variables: Record<string, unknown>,
  ) => {
    const upstream = upstreams[service]
    if (!upstream) throw new ServiceUnavailable(undefined, new Error(`no upstream for ${service}`))
    // Valid for longer than a request may take.
    token ??= caller.signedContext()
    const context = await token
    return upstream.execute({
      query: text,
      document,
      operationName,
      variables,
      context,
      headers,
      signal,
      mayShare: isQuery,
    })
  }

  return (request, variables) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve({ failure: signal.reason })
      if (waiting.size === 0) signal.addEventListener('abort', giveUp, { once: true })
      waiting.add(resolve)
      const settle = (answer: Answer) => {
        waiting.delete(resolve)
        if (waiting.size === 0) signal.removeEventListener('abort', giveUp)
        resolve(answer)
      }
      execute(request, variables).then(settle, (failure: unknown) => settle({ failure }))
    })
}
