// The two subgraphs of the live suite, in a process of their own. Argument: a port for `ticks`; `authors` gets the next.
// `POST /emit {count, everyMs, size}` lets something happen so often; `GET /streams` tells how many streams are open.
import { createServer } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import type { GraphQLSchema } from 'graphql'
import { useServer } from 'graphql-ws/use/ws'
import { WebSocketServer } from 'ws'
import { serve } from '../supergraph/serve.ts'
import { executable } from '../supergraph/subgraph.ts'
import { emitTick, listeners, liveSubgraphs, tickStream } from './subgraphs.ts'

const port = Number(process.argv[2])
const [ticks, authors] = liveSubgraphs
if (!ticks || !authors) throw new Error('there are two')
await serve(authors, { port: port + 1 })

const schema: GraphQLSchema = executable(ticks)
const field = schema.getSubscriptionType()?.getFields().tick
if (field) field.subscribe = tickStream

const server = createServer(async (request, response) => {
  if (request.url === '/emit') {
    const { count, everyMs, size } = JSON.parse(String(await request.toArray())) as {
      count: number
      everyMs: number
      size: number
    }
    for (let i = 0; i < count; i++) {
      emitTick(size)
      await pause(everyMs)
    }
  }
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ streams: listeners() }))
})
useServer({ schema }, new WebSocketServer({ server, path: '/graphql' }))
server.listen(port, '127.0.0.1')
