// The yardstick: @apollo/gateway as its documentation sets it up, in front of the same subgraphs. It checks no token and
// sends a context that is signed every 20 seconds, so everything our router does on top counts against us alone.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { DEFAULT_SUPPORTED_SUPERGRAPH_FEATURES } from '@apollo/federation-internals'
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway'
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import { contextHeader, createCallerSigner } from '@guildhall/kit/caller'

process.env.APOLLO_TELEMETRY_DISABLED = 'true'
// Plain, it would refuse to load a schema with access directives; here it ignores them.
for (const feature of ['authenticated', 'requiresScopes']) {
  DEFAULT_SUPPORTED_SUPERGRAPH_FEATURES.add(`https://specs.apollo.dev/${feature}/v0.1`)
}

const { BENCH_CALLER = '', CONTEXT_PRIVATE_KEY = '', PORT } = process.env
const sign = await createCallerSigner(JSON.parse(CONTEXT_PRIVATE_KEY))
let context = await sign(JSON.parse(BENCH_CALLER))
setInterval(async () => {
  context = await sign(JSON.parse(BENCH_CALLER))
}, 20_000).unref()

class ContextDataSource extends RemoteGraphQLDataSource {
  override willSendRequest({
    request,
  }: {
    request: { http?: { headers: { set(name: string, value: string): void } } }
  }) {
    request.http?.headers.set(contextHeader, context)
  }
}

const gateway = new ApolloGateway({
  supergraphSdl: readFileSync(path.join(import.meta.dirname, '../../schema/supergraph.graphql'), 'utf8'),
  buildService: ({ name }) =>
    new ContextDataSource({ url: process.env[`SUBGRAPH_URL_${name.toUpperCase()}`] ?? '' }),
})
const server = new ApolloServer({ gateway })
await startStandaloneServer(server, { listen: { port: Number(PORT), host: '127.0.0.1' } })
