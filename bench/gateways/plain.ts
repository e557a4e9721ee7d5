// The yardstick: @apollo/gateway as its documentation sets it up. It knows nobody and signs nothing: everything that ours
// does on top counts against us alone.
import { readFileSync } from 'node:fs'
import { ApolloGateway } from '@apollo/gateway'
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'

const { BENCH_SUPERGRAPH = '', PORT } = process.env
const gateway = new ApolloGateway({ supergraphSdl: readFileSync(BENCH_SUPERGRAPH, 'utf8') })
const server = new ApolloServer({ gateway })
await startStandaloneServer(server, { listen: { port: Number(PORT), host: '127.0.0.1' } })
