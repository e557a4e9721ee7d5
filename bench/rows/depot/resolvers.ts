import { type Ctx, listShelves } from './loaders.ts'

interface PageArgs {
  first?: number | null
  after?: string | null
}
interface Row {
  id: string
}

const pageOf = ({ first, after }: PageArgs) => ({ first: first ?? 20, after })

export const resolvers = {
  Query: { shelves: (_: unknown, args: PageArgs, ctx: Ctx) => listShelves(ctx, pageOf(args)) },
  Shelf: {
    __resolveReference: async ({ id }: Row, ctx: Ctx) => ctx.loaders.shelf.load(id),
    crates: ({ id }: Row, args: PageArgs, ctx: Ctx) =>
      ctx.loaders.cratesOfShelf.load({ parentId: id, page: pageOf(args), filter: null }),
  },
  Crate: {
    __resolveReference: async ({ id }: Row, ctx: Ctx) => ctx.loaders.crate.load(id),
    parts: ({ id }: Row, args: PageArgs, ctx: Ctx) =>
      ctx.loaders.partsOfCrate.load({ parentId: id, page: pageOf(args), filter: null }),
  },
  Part: { __resolveReference: async ({ id }: Row, ctx: Ctx) => ctx.loaders.part.load(id) },
}
