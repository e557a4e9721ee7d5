import type { Idempotent, Transaction } from '@guildhall/kit/context'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { eq, sql } from 'drizzle-orm'
import contract from '../contract.ts'
import type { Ctx } from '../loaders.ts'
import { type RegistrationFormRow, registrationForms } from '../tables.ts'
import { lockForm } from './fields.ts'
import { requireManager } from './rights.ts'

type Columns = Partial<typeof registrationForms.$inferInsert>

/** Changes a form, which is locked: nobody registers with it meanwhile. */
export async function changeForm(
  ctx: Ctx,
  name: string,
  input: Idempotent & { id: string },
  change: (current: RegistrationFormRow, tx: Transaction) => Promise<Outcome<Columns>>,
): Promise<Outcome<RegistrationFormRow>> {
  const seen = await ctx.loaders.registrationForm.load(input.id)
  if (!seen) return failed(contract.failure('NOT_FOUND', 'There is no such form.', ['input', 'id']))
  await requireManager(ctx, seen)
  return ctx.transaction(
    name,
    async (tx) => {
      const changes = await change(await lockForm(tx, input.id), tx)
      if (!changes.ok) return changes
      const [changed] = await tx
        .update(registrationForms)
        .set({
          ...changes.value,
          version: sql`${registrationForms.version} + 1`,
          updatedAt: ctx.now(),
        })
        .where(eq(registrationForms.id, input.id))
        .returning()
      if (!changed) throw new Error('the form was locked and is gone')
      return done(changed)
    },
    {
      registration_form_default_is_open: () =>
        contract.failure('DEFAULT_FORM', 'The default form is in use, and open to all.', ['input', 'id']),
      registration_form_within_capacity: () =>
        contract.failure('CAPACITY_BELOW_TAKEN', 'More registrations have the form.', ['input', 'capacity']),
    },
    input,
  )
}
