import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { formArchived } from '../forms/change-fields.ts'
import { changeForm } from '../forms/change-form.ts'
import type { ArchiveRegistrationFormInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import type { RegistrationFormRow } from '../tables.ts'

/** Takes a form out of use; what was registered with it stands. */
export const archiveRegistrationForm = (
  ctx: Ctx,
  input: ArchiveRegistrationFormInput,
): Promise<Outcome<RegistrationFormRow>> =>
  changeForm(ctx, 'archiveRegistrationForm', input, async (current) =>
    current.archivedAt ? failed(formArchived()) : done({ archivedAt: ctx.now() }),
  )
