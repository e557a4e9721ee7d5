import type { Outcome } from '@guildhall/kit/outcome'
import type { GraphQLSchema } from 'graphql'
import type { MuteSubjectInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { setWatch } from '../preferences/set-watch.ts'
import type { WatchRow } from '../tables.ts'

/** From now on the caller is told nothing of a thing and what belongs to it. */
export const muteSubject = (
  ctx: Ctx,
  input: MuteSubjectInput,
  schema: GraphQLSchema,
): Promise<Outcome<WatchRow>> => setWatch(ctx, 'muteSubject', input, schema)
