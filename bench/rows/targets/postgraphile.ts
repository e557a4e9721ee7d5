// PostGraphile 5 with its preset of choice, its explorer left out; installed by the benchmark alone.
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const { BENCH_DATABASE = '', BENCH_PEERS = '', PORT } = process.env
const { resolve } = createRequire(path.join(BENCH_PEERS, 'package.json'))
// Its types are not ours to have: it is no dependency of the workspaces.
const load = async (name: string) => import(pathToFileURL(resolve(name)).href)

const { postgraphile } = await load('postgraphile')
const { PostGraphileAmberPreset } = await load('postgraphile/presets/amber')
const { makePgService } = await load('postgraphile/adaptors/pg')
const { grafserv } = await load('postgraphile/grafserv/node')

const instance = postgraphile({
  extends: [PostGraphileAmberPreset],
  pgServices: [makePgService({ connectionString: BENCH_DATABASE, schemas: ['depot'] })],
  grafserv: { graphqlPath: '/graphql', watch: false, graphiql: false },
})
const handle = instance.createServ(grafserv).createHandler()
// It answers no GET on its own.
const server = createServer((request, response) =>
  request.method === 'GET' ? response.end() : handle(request, response),
)
server.listen(Number(PORT), '127.0.0.1')
