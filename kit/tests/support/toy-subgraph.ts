import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { eq } from 'drizzle-orm'
import { afterAll } from 'vitest'
import type { Context } from '../../context.ts'
import { type Contract, defineContract } from '../../contract.ts'
import { defineSubgraph, type SubgraphDeclaration, type SubgraphDefinition } from '../../define-subgraph.ts'
import { BadUserInput } from '../../errors.ts'
import { byId } from '../../loaders.ts'
import { pushIterator } from '../../push-iterator.ts'
import { type BoxRow, backbone, boxes, boxMade, boxMoved, toySchema } from './toy.ts'

const root = mkdtempSync(path.join(tmpdir(), 'guildhall-toy-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
let folders = 0

/** A domain's folder with this SDL in it. */
export function folderWith(sdl: string, name = 'toy'): string {
  const folder = path.join(root, String(folders++), name)
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, 'schema.graphql'), sdl)
  return folder
}

export const toyContract = defineContract({
  domain: 'toy',
  products: ['projects'],
  ids: { box: 'Box' },
  permissions: { 'toy:write': { description: 'Write.', heldBy: ['OWNER'] } },
  events: [boxMade, boxMoved],
  codes: {},
})

export const toySdl = `
type Query {
  hello: String! @public
  mine: String! @authenticated
  scoped: String! @requiresScopes(scopes: [["toy:write"]])
  inside: String! @internal
  box(id: ID!): Box @public
  shelf(id: ID!): [Box!]! @public
  at(time: DateTime!): DateTime! @public
  broken: String @public
  brokenSql: String @public
  slow: String @public
  askedFrom: String @public
}
type Subscription {
  ticks: Int! @public
  tickOfNoOne: Int! @authenticated
  breaks: Int @public
}
type Box implements Node @key(fields: "id") { id: ID!  label: String! }`

/** How many `ticks` streams are open. */
export const openTicks = { count: 0 }

const loaders = (ctx: Context) => ({ box: byId<BoxRow>(ctx, 'box', boxes) })
type Ctx = Context<ReturnType<typeof loaders>>

export const toyResolvers = {
  Query: {
    hello: () => 'hello',
    mine: (_: unknown, __: unknown, ctx: Ctx) => ctx.requireViewer().userId,
    scoped: () => 'scoped',
    inside: () => 'inside',
    box: (_: unknown, { id }: { id: string }, ctx: Ctx) => ctx.loaders.box.load(id),
    shelf: (_: unknown, { id }: { id: string }, ctx: Ctx) =>
      ctx.db.select().from(boxes).where(eq(boxes.shelfId, id)),
    at: (_: unknown, { time }: { time: Date }) => time,
    broken: () => {
      throw new TypeError('secret is not a function')
    },
    brokenSql: (_: unknown, __: unknown, ctx: Ctx) => ctx.db.execute('select secret from nowhere'),
    askedFrom: (_: unknown, __: unknown, { client, requestId }: Ctx) =>
      `${client.address} ${client.userAgent} ${requestId}`,
    slow: () => new Promise((resolve) => setTimeout(() => resolve('slow'), 300)),
  },
  Subscription: {
    ticks: {
      subscribe: () =>
        pushIterator<{ ticks: number }>(({ push }) => {
          openTicks.count++
          push({ ticks: 1 })
          return () => {
            openTicks.count--
          }
        }),
    },
    tickOfNoOne: {
      subscribe: () => pushIterator<{ tickOfNoOne: number }>(() => () => {}),
    },
    breaks: {
      subscribe: () =>
        pushIterator<{ breaks: unknown }>(({ push, fail }) => {
          push({ breaks: 'no number' })
          fail(new Error('secret'))
          return () => {}
        }),
    },
  },
  Box: {
    __resolveReference: ({ id }: { id: string }, ctx: Ctx) => {
      if (id === 'refuse') throw new BadUserInput('Not this one.')
      return ctx.loaders.box.load(id)
    },
  },
}

/** Declares the toy domain, or one that differs from it. */
export function declareToy(
  changes: Partial<SubgraphDeclaration<unknown>> & { sdl?: string } = {},
): SubgraphDefinition {
  const { sdl = toySdl, ...declaration } = changes
  return defineSubgraph({
    folder: folderWith(sdl),
    contract: toyContract as Contract,
    schema: toySchema,
    backbone,
    resolvers: toyResolvers,
    loaders,
    ...declaration,
  })
}
