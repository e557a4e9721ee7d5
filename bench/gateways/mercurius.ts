// Mercurius as a gateway. It speaks the first version of federation and is told the subgraphs' schemas in that version.
import { createRequire } from 'node:module'
import path from 'node:path'
import { subgraphs } from '../supergraph/compose.ts'
import { federation1 } from './federation1.ts'
import { peersFolder } from './peers.ts'

interface Plugins {
  fastify(): {
    register(plugin: unknown, options: object): unknown
    listen(options: object): Promise<unknown>
  }
}

const { BENCH_PORTS = '', PORT } = process.env
const ports = BENCH_PORTS.split(',')
const fromPeers = createRequire(path.join(peersFolder, 'package.json'))
const { fastify } = fromPeers('fastify') as Plugins
const app = fastify()
const schemas = federation1(subgraphs)
app.register(fromPeers('@mercuriusjs/gateway'), {
  gateway: {
    services: subgraphs.map(({ name }, at) => ({
      name,
      url: `http://127.0.0.1:${ports[at]}/graphql`,
      schema: schemas[name],
    })),
  },
})
await app.listen({ port: Number(PORT), host: '127.0.0.1' })
