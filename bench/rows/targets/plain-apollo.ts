// The yardstick: Apollo Server, DataLoader and postgres.js as their documentations set them up, nobody's identity checked.
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import DataLoader from 'dataloader'
import postgres from 'postgres'

const { BENCH_DATABASE = '', PORT } = process.env
const sql = postgres(BENCH_DATABASE)

const typeDefs = `#graphql
  scalar DateTime
  type Query { shelves: [Shelf!]! }
  type Shelf { id: ID! name: String! location: String! addedAt: DateTime! crates(first: Int = 10): [Crate!]! }
  type Crate { id: ID! name: String! addedAt: DateTime! parts(first: Int = 10): [Part!]! }
  type Part { id: ID! sku: String! stock: Int! addedAt: DateTime! }
`

interface Row {
  id: string
  addedAt: Date
}
interface Crate extends Row {
  shelfId: string
}
interface Part extends Row {
  crateId: string
}

function loaders() {
  return {
    crates: new DataLoader<string, Crate[]>(async (ids) => {
      const rows = await sql<Crate[]>`
        select id, shelf_id as "shelfId", name, added_at as "addedAt" from depot.crate
        where shelf_id in ${sql([...ids])} order by name, id`
      const groups = Map.groupBy(rows, (row) => row.shelfId)
      return ids.map((id) => groups.get(id) ?? [])
    }),
    parts: new DataLoader<string, Part[]>(async (ids) => {
      const rows = await sql<Part[]>`
        select id, crate_id as "crateId", sku, stock, added_at as "addedAt" from depot.part
        where crate_id in ${sql([...ids])} order by sku, id`
      const groups = Map.groupBy(rows, (row) => row.crateId)
      return ids.map((id) => groups.get(id) ?? [])
    }),
  }
}
type Ctx = ReturnType<typeof loaders>

const resolvers = {
  Query: {
    shelves: () =>
      sql`select id, name, location, added_at as "addedAt" from depot.shelf order by name, id limit 10`,
  },
  Shelf: {
    crates: async ({ id }: Row, { first }: { first: number }, { crates }: Ctx) =>
      (await crates.load(id)).slice(0, first),
  },
  Crate: {
    parts: async ({ id }: Row, { first }: { first: number }, { parts }: Ctx) =>
      (await parts.load(id)).slice(0, first),
  },
}

const server = new ApolloServer<Ctx>({ typeDefs, resolvers })
await startStandaloneServer(server, {
  listen: { port: Number(PORT), host: '127.0.0.1' },
  context: async () => loaders(),
})
