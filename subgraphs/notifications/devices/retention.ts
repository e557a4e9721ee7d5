import type { Context } from '@guildhall/kit/context'
import { lt } from 'drizzle-orm'
import { devices } from '../tables.ts'

/** As long as FCM keeps a token of a device that is never seen. */
export const unseenDays = 270

/** Forgets devices that nobody has registered again for long. */
export async function forgetUnseenDevices({ db, now }: Context): Promise<void> {
  await db.delete(devices).where(lt(devices.lastSeenAt, new Date(now().getTime() - unseenDays * 86_400_000)))
}
