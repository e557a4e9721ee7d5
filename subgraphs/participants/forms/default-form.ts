import type { Context, Transaction } from '@guildhall/kit/context'
import { newId } from '@guildhall/kit/ids'
import { plainForm } from '../domain/form-draft.ts'
import { type EventSeatsRow, registrationForms } from '../tables.ts'

/** Every event can be registered for without naming a form: it has one for that. */
export async function ensureDefaultForm(
  tx: Pick<Transaction, 'insert'>,
  { id, organizationId }: Pick<EventSeatsRow, 'id' | 'organizationId'>,
  now: ReturnType<Context['now']>,
): Promise<void> {
  await tx
    .insert(registrationForms)
    .values({
      ...plainForm,
      id: newId('frm'),
      eventId: id,
      organizationId,
      isDefault: true,
      createdAt: now,
      updatedAt: now,
    })
    .onConflictDoNothing()
}
