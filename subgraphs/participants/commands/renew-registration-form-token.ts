import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import contract from '../contract.ts'
import { hashOf, randomToken } from '../domain/token.ts'
import { formArchived } from '../forms/change-fields.ts'
import { changeForm } from '../forms/change-form.ts'
import type { RenewRegistrationFormTokenInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import type { TokenedForm } from './create-registration-form.ts'

/** Makes a new token for a private form. Of tokens we know the hash alone, so a repeated answer has none. */
export async function renewRegistrationFormToken(
  ctx: Ctx,
  input: RenewRegistrationFormTokenInput,
): Promise<Outcome<TokenedForm>> {
  const token = randomToken()
  const outcome = await changeForm(ctx, 'renewRegistrationFormToken', input, async (current) => {
    if (current.archivedAt) return failed(formArchived())
    if (!current.isPrivate) {
      return failed(contract.failure('FORM_NOT_PRIVATE', 'The form is open to all.', ['input', 'id']))
    }
    return done({ tokenHash: hashOf(token) })
  })
  if (!outcome.ok) return outcome
  const isFirstAnswer = outcome.value.tokenHash === hashOf(token)
  return done({ registrationForm: outcome.value, token: isFirstAnswer ? token : null })
}
