import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import contract from '../contract.ts'
import { readUnsubscribeToken, type Unsubscription } from '../deliveries/unsubscribe-token.ts'
import type { UnsubscribeInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { keepChoice } from '../preferences/choices.ts'

/** Turns mails of a category off for whom the token was made. It says nothing of whether they have an account. */
export async function unsubscribe(
  ctx: Ctx,
  input: UnsubscribeInput,
): Promise<Outcome<Pick<Unsubscription, 'category'>>> {
  const meant = readUnsubscribeToken(ctx, input.token)
  if (!meant) {
    return failed(
      contract.failure('UNSUBSCRIBE_TOKEN_INVALID', 'This link is not complete, or too old.', [
        'input',
        'token',
      ]),
    )
  }
  return ctx.transaction(
    'unsubscribe',
    async (tx) => {
      const { userId, category } = meant
      const everywhere = { scopeId: null, type: null }
      await keepChoice(tx, ctx.now(), userId, { ...everywhere, category, channel: 'EMAIL', isEnabled: false })
      return done({ category })
    },
    {},
    input,
  )
}
