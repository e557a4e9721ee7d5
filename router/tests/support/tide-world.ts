import { randomUUID } from 'node:crypto'
import { buildSubgraphSchema } from '@apollo/subgraph'
import type { Caller } from '@guildhall/kit/caller'
import { parse } from 'graphql'
import { decodeJwt } from 'jose'
import type { RouterOptions } from '../../router.ts'
import { cacheable, composeSdl } from './compose-sdl.ts'
import { inProcess } from './toy-transports.ts'
import { startWorld, type World } from './world.ts'

const sdl = /* GraphQL */ `
  type Query {
    tide: Int @cacheControl(maxAge: 60)
    tideAt(place: Place, days: [Int!], note: String): String @cacheControl(maxAge: 60)
    short: Int @cacheControl(maxAge: 1)
    fresh: Int
    mine: Mine
    guarded: Int @authenticated @cacheControl(maxAge: 60)
    secret: Int @requiresScopes(scopes: [["tide:read"]]) @cacheControl(maxAge: 60)
    flaky: Int @cacheControl(maxAge: 60)
    large: String @cacheControl(maxAge: 60)
    tagged: Int @tag(name: "small") @cacheControl(maxAge: 60)
  }
  input Place { country: String city: String }
  type Mine @cacheControl(maxAge: 60, scope: PRIVATE) { who: String count: Int tide: Int }
  type Mutation { change: Int }
`

/** A world whose every answer says how many there were before it. */
export interface TideWorld extends World {
  /** While set, \`flaky\` fails. */
  tide: { asked: number; isFlaky: boolean }
}

/** @param id equal for routers that shall share their answers. */
export async function startTideWorld(
  options: Partial<RouterOptions> = {},
  id: string = randomUUID(),
): Promise<TideWorld> {
  const tide = { asked: 0, isFlaky: false }
  const next = () => ++tide.asked
  const resolvers = {
    Query: {
      tide: next,
      tideAt: (_: unknown, args: object) => `${next()} ${JSON.stringify(args)}`,
      short: next,
      fresh: next,
      mine: (_: unknown, __: unknown, { caller }: { caller: Caller }) => ({
        who: caller.kind === 'user' ? caller.userId : caller.kind,
        count: next,
        tide: next,
      }),
      guarded: next,
      secret: next,
      flaky: () => {
        if (tide.isFlaky) throw new Error('low tide')
        return next()
      },
      large: () => `${next()}${'x'.repeat(100_000)}`,
      tagged: next,
    },
    Mutation: { change: next },
  }
  const schema = buildSubgraphSchema([{ typeDefs: parse(cacheable(sdl)), resolvers }])
  const world = await startWorld('in-process', {
    supergraphSdl: `${composeSdl({ tides: sdl })}# ${id}\n`,
    upstreams: {
      tides: inProcess({
        schema,
        contextFor: async ({ context }) => ({ caller: context && decodeJwt(context).caller }),
      }),
    },
    ...options,
  })
  return Object.assign(world, { tide })
}
