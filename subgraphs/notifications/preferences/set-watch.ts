import { prefixOf } from '@guildhall/kit/ids'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import type { GraphQLSchema } from 'graphql'
import contract from '../contract.ts'
import { watchableKinds } from '../domain/notification-types.ts'
import type { WatchSubjectInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { type WatchRow, watches } from '../tables.ts'
import { isSeen } from './subjects.ts'

/** Keeps what the caller wants to hear of a thing that they may see; there is one such wish for each thing. */
export async function setWatch(
  ctx: Ctx,
  name: 'watchSubject' | 'muteSubject',
  input: WatchSubjectInput,
  schema: GraphQLSchema,
): Promise<Outcome<WatchRow>> {
  const { userId } = ctx.requireViewer()
  const { subjectId } = input
  if (!(await isSeen(ctx, schema, subjectId))) {
    return failed(contract.failure('NOT_FOUND', 'There is no such thing.', ['input', 'subjectId']))
  }
  // What concerns people themselves is told them anyway; a mute has its use also where nobody else is told.
  if (name === 'watchSubject' && !watchableKinds.has(prefixOf(subjectId) ?? '')) {
    return failed(
      contract.failure('NOT_WATCHABLE', 'Nothing is ever told to those who watch it.', [
        'input',
        'subjectId',
      ]),
    )
  }
  const level = name === 'watchSubject' ? 'WATCHED' : 'MUTED'
  return ctx.transaction(
    name,
    async (tx) => {
      const [watch] = await tx
        .insert(watches)
        .values({ id: ctx.newId('wch'), userId, subjectId, level, createdAt: ctx.now() })
        .onConflictDoUpdate({ target: [watches.userId, watches.subjectId], set: { level } })
        .returning()
      if (!watch) throw new Error('insert returned nothing')
      return done(watch)
    },
    {},
    input,
  )
}
