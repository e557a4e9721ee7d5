// The four subgraphs over HTTP, in one process, each on a port of its own.
import { countFetch } from '../measuring/count-fetch.ts'
import { subgraphs } from '../supergraph/compose.ts'
import { serve } from '../supergraph/serve.ts'

const ports = (process.env.BENCH_PORTS ?? '').split(',').map(Number)
const served = await Promise.all(
  subgraphs.map((subgraph, at) => serve(subgraph, { port: ports[at] ?? 0, asked: countFetch })),
)
process.on('SIGTERM', () => {
  void Promise.all(served.map((server) => server.close())).then(() => process.exit(0))
})
