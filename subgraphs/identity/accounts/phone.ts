import type { Context } from '@guildhall/kit/context'
import type { UserRow } from '../tables.ts'

/** Where the vault knows a telephone number by. */
export const phonePlace = ({ id }: Pick<UserRow, 'id'>): string => `identity.user.phone:${id}`

export const phoneOf = (ctx: Pick<Context, 'vault'>, user: Pick<UserRow, 'id' | 'phone'>): string | null =>
  user.phone && ctx.vault.open(user.phone, phonePlace(user))
