import { anyOf } from '@guildhall/kit/any-of'
import { failed, type Outcome } from '@guildhall/kit/outcome'
import { line, problemsOf } from '@guildhall/kit/validate'
import { and, sql } from 'drizzle-orm'
import { z } from 'zod'
import contract from '../contract.ts'
import type { TagRegistrationsInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { type Decision, type Reviewed, reviewMany } from '../review.ts'
import { registrations } from '../tables.ts'

const tagsMax = 20
const tags = z.array(line(40)).max(tagsMax, `At most ${tagsMax} tags.`)
const rules = z.object({ add: tags, remove: tags })

/** Those who decide put words on registrations. The participants see nothing of it, nor that anything has changed. */
export async function tagRegistrations(ctx: Ctx, input: TagRegistrationsInput): Promise<Outcome<Reviewed>> {
  const problems = problemsOf(rules, input)
  if (problems.length > 0) return failed(...problems)
  return reviewMany(ctx, 'tagRegistrations', input, tag(input))
}

/** One statement for all; who would have too many tags keeps what they have. */
const tag =
  ({ add, remove }: Pick<TagRegistrationsInput, 'add' | 'remove'>): Decision =>
  async (_ctx, tx, _seats, rows) => {
    const list = (words: readonly string[]) =>
      sql.param(
        words.map((word) => word.trim()),
        registrations.tags,
      )
    const after = sql`array(select distinct word from unnest(${registrations.tags} || ${list(add)}) word
      where word <> all (${list(remove)}) order by word)`
    const moved = await tx
      .update(registrations)
      .set({ tags: after })
      .where(
        and(
          anyOf(
            registrations.id,
            rows.map(({ id }) => id),
          ),
          sql`cardinality(${after}) <= ${tagsMax}`,
        ),
      )
      .returning()
    const done = new Set(moved.map(({ id }) => id))
    const failure = contract.failure('TOO_MANY_TAGS', `A registration has at most ${tagsMax} tags.`, [
      'input',
      'add',
    ])
    return {
      moved: moved.sort((a, b) => a.number - b.number),
      refused: rows.filter(({ id }) => !done.has(id)).map(({ id }) => ({ id, failure })),
    }
  }
