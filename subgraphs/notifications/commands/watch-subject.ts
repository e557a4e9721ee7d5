import type { Outcome } from '@guildhall/kit/outcome'
import type { GraphQLSchema } from 'graphql'
import type { WatchSubjectInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { setWatch } from '../preferences/set-watch.ts'
import type { WatchRow } from '../tables.ts'

/** From now on the caller is told what happens to a thing. */
export const watchSubject = (
  ctx: Ctx,
  input: WatchSubjectInput,
  schema: GraphQLSchema,
): Promise<Outcome<WatchRow>> => setWatch(ctx, 'watchSubject', input, schema)
