// The router of the live suite, in a process of its own. Arguments: its port, and the first of the subgraphs' two.
import { createHttpUpstream } from '@guildhall/kit/upstream-http'
import { createForeignResolver } from '@guildhall/router/callers/foreign-resolver'
import { createRouter } from '@guildhall/router/router'
import { liveSubgraphs, liveSupergraph } from './subgraphs.ts'

const [port, first] = process.argv.slice(2).map(Number)
const most = 100_000
const router = await createRouter({
  supergraphSdl: liveSupergraph(),
  upstreams: Object.fromEntries(
    liveSubgraphs.map(({ name }, index) => [
      name,
      createHttpUpstream({ name, url: `http://127.0.0.1:${Number(first) + index}/graphql` }),
    ]),
  ),
  callers: createForeignResolver({}),
  production: true,
  live: {
    connectionsPerAddress: most,
    anonymousPerAddress: most,
    anonymous: most,
  },
})
await router.listen(Number(port), '127.0.0.1')
