import type { OrderKey } from '@guildhall/kit/paging'
import type { RegistrationOrder, RegistrationOrderField } from '../generated/graphql.ts'
import { type RegistrationRow, registrations } from '../tables.ts'
import { queueKeys } from '../waitlist/queue-order.ts'

type Direction = RegistrationOrder['direction']

/** The orders of `Event.registrations`; ties are broken by what is unique. */
export const registrationsBy = ({ field, direction }: RegistrationOrder): OrderKey<RegistrationRow>[] =>
  orders[field](direction)

const orders: Readonly<
  Record<RegistrationOrderField, (direction: Direction) => OrderKey<RegistrationRow>[]>
> = {
  NUMBER: (direction) => [{ column: registrations.number, direction, value: (row) => row.number }],
  CREATED_AT: (direction) => [
    { column: registrations.createdAt, direction, value: (row) => row.createdAt },
    byId(direction),
  ],
  UPDATED_AT: (direction) => [
    { column: registrations.updatedAt, direction, value: (row) => row.updatedAt },
    byId(direction),
  ],
  WAITLIST: (direction) =>
    queueKeys.map((key) => (direction === 'ASC' ? key : { ...key, direction: opposite(key.direction) })),
}

const byId = (direction: Direction): OrderKey<RegistrationRow> => ({
  column: registrations.id,
  direction,
  value: (row) => row.id,
})

const opposite = (direction: Direction): Direction => (direction === 'ASC' ? 'DESC' : 'ASC')
