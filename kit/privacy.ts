import type { Context, Transaction } from './context.ts'
import { done } from './outcome.ts'

/** Why a person cannot be let go of yet. */
export interface ErasureBlocker {
  /** SCREAMING_SNAKE, for programs. */
  code: string
  /** For the person: what to do first. */
  message: string
}

/**
 * What a domain knows of people and how it lets go of them. Every domain whose tables name people declares one
 * (`tests/rules` looks); identity asks all domains when a person wants their data or wants to be forgotten.
 */
export interface Privacy {
  /** Everything the domain holds about a person: plain JSON, names that people understand, no ids of rows of others. */
  collect(ctx: Context, userId: string): Promise<Record<string, unknown>>
  /** What has to be settled before; default: nothing. */
  blockers?(ctx: Context, userId: string): Promise<ErasureBlocker[]>
  /**
   * Removes what is about the person and takes the person out of what belongs to others as well: there the id stays,
   * which leads to nobody once identity has forgotten who it was. Called again after a fault, so it must not mind what
   * is gone already.
   */
  erase(ctx: Context, tx: Transaction, userId: string): Promise<void>
}

/** For domains that know nobody. */
const nobodyKnown: Privacy = { collect: async () => ({}), erase: async () => {} }

/** Resolvers of the root fields in `schema/common.graphql` by which identity asks every domain the same. */
export function privacyResolvers(privacy: Privacy = nobodyKnown) {
  return {
    Query: {
      personalData: async (_: unknown, { userId }: { userId: string }, ctx: Context) =>
        JSON.stringify(await privacy.collect(ctx, userId)),
      erasureBlockers: async (_: unknown, { userId }: { userId: string }, ctx: Context) =>
        (await privacy.blockers?.(ctx, userId)) ?? [],
    },
    Mutation: {
      erasePerson: async (_: unknown, { input }: { input: { userId: string } }, ctx: Context) => {
        await ctx.transaction('erasePerson', async (tx) => {
          await privacy.erase(ctx, tx, input.userId)
          return done(true)
        })
        return { isErased: true, userErrors: [] }
      },
    },
  }
}
