import { ApolloGateway, LocalGraphQLDataSource } from '@apollo/gateway'
import { ApolloServer } from '@apollo/server'
import type { SubgraphUpstream } from '@guildhall/kit/upstream'
import { createHttpUpstream } from '@guildhall/kit/upstream-http'
import { createForeignResolver } from '@guildhall/router/callers/foreign-resolver'
import { createRouter } from '@guildhall/router/router'
import type { GraphQLFormattedError } from 'graphql'
import { Pool } from 'undici'
import { inProcess } from '../../bench/supergraph/in-process.ts'
import { serve } from '../../bench/supergraph/serve.ts'
import { type BenchSubgraph, executable } from '../../bench/supergraph/subgraph.ts'
import type { RandomOperation } from './random-operation.ts'

/** Somebody who answers for the supergraph. */
export interface Contender {
  answer(operation: RandomOperation): Promise<{ data?: unknown; errors?: readonly GraphQLFormattedError[] }>
  close(): Promise<void>
}

/** Our router, asked over HTTP, in front of subgraphs in this process or over HTTP. */
export async function ourRouter(
  supergraphSdl: string,
  subgraphs: readonly BenchSubgraph[],
  transport: 'in-process' | 'http',
): Promise<Contender> {
  const served = transport === 'http' ? await Promise.all(subgraphs.map((subgraph) => serve(subgraph))) : []
  const upstreams: Record<string, SubgraphUpstream> = Object.fromEntries(
    subgraphs.map((subgraph, at) => {
      const url = served[at]?.url
      return [subgraph.name, url ? createHttpUpstream({ name: subgraph.name, url }) : inProcess(subgraph)]
    }),
  )
  const router = await createRouter({
    supergraphSdl,
    upstreams,
    callers: createForeignResolver({}),
    deadlineMs: 30_000,
    // What a client may ask for is tested elsewhere.
    gate: {
      limits: {
        tokens: 1e6,
        depth: 1e3,
        aliases: 1e6,
        queryRoots: 1e6,
        mutationRoots: 1e6,
        fields: 1e6,
        directives: 1e6,
        pageSize: 1e6,
      },
    },
  })
  const { port } = await router.listen(0, '127.0.0.1')
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 4 })
  return {
    async answer(operation) {
      const response = await pool.request({
        method: 'POST',
        path: '/graphql',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(operation),
      })
      return (await response.body.json()) as Awaited<ReturnType<Contender['answer']>>
    },
    async close() {
      await pool.close()
      await router.close()
      await Promise.all(Object.values(upstreams).map((upstream) => upstream.close()))
      await Promise.all(served.map((server) => server.close()))
    },
  }
}

/** What Apollo's gateway makes of the same, with nothing of ours. */
export async function plainGateway(
  supergraphSdl: string,
  subgraphs: readonly BenchSubgraph[],
): Promise<Contender> {
  process.env.APOLLO_TELEMETRY_DISABLED = 'true'
  const silent = () => {}
  const logger = { debug: silent, info: silent, warn: silent, error: silent }
  const sources = new Map(subgraphs.map((one) => [one.name, new LocalGraphQLDataSource(executable(one))]))
  const gateway = new ApolloGateway({
    supergraphSdl,
    logger,
    buildService: ({ name }) => {
      const source = sources.get(name)
      if (!source) throw new Error(`nobody serves ${name}`)
      return source
    },
  })
  const server = new ApolloServer({ gateway, logger })
  await server.start()
  return {
    async answer(operation) {
      const { body } = await server.executeOperation(operation)
      if (body.kind !== 'single') throw new Error('an answer in parts')
      // What a client would read: own copies, without what JSON leaves out.
      return JSON.parse(JSON.stringify(body.singleResult))
    },
    close: () => server.stop(),
  }
}
