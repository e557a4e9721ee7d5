import type { Outcome } from '@guildhall/kit/outcome'
import type { ArchiveNotificationsInput } from '../generated/graphql.ts'
import { changeOwn } from '../inbox/change-own.ts'
import type { Ctx } from '../loaders.ts'

/** Puts notifications of the caller away; one that was put off is no longer. @returns how many were not away. */
export const archiveNotifications = (ctx: Ctx, input: ArchiveNotificationsInput): Promise<Outcome<number>> =>
  changeOwn(ctx, input, { name: 'archiveNotifications', step: 'ARCHIVE' })
