import type { BackgroundWork, Outlets } from '@guildhall/kit/background-work'
import type { Context } from '@guildhall/kit/context'
import { gather } from '../digests/gather.ts'
import type { Result } from '../domain/delivery.ts'
import { deliverySignal } from './enqueue.ts'
import { beginSending, hasDue, leaseDue } from './lease.ts'
import { type Noted, note } from './note.ts'
import { prepare, type Ready } from './prepare.ts'
import { sendMail } from './send-mail.ts'
import { sendPush } from './send-push.ts'

/** Under way at a time: what a sender that is killed may have sent without having noted it. */
export const lanes = 10

/**
 * Sends what is due. Several processes share the work; what fails in a way that nobody foresaw (a domain or the database
 * away) comes back when its lease has run out. Sending is outside of any transaction and noted afterwards: at least once.
 */
export const deliveryWork: BackgroundWork = {
  name: 'notifications.deliveries',
  signal: deliverySignal,
  step: async (ctx, outlets) => (await sendBatch(ctx, outlets)) > 0,
  hasWaiting: (ctx) => hasDue(ctx),
}

/** @returns how many were taken up. */
export async function sendBatch(ctx: Context, outlets: Outlets): Promise<number> {
  const leased = await leaseDue(ctx)
  const { ready, settled, gathered } = await prepare(ctx, leased)
  await gather(ctx, gathered, outlets.tally)
  await note(ctx, settled, outlets.tally)
  for (let from = 0; from < ready.length; from += lanes) {
    const some = new Map(ready.slice(from, from + lanes).map((one) => [one.delivery.id, one]))
    const begun = await beginSending(
      ctx,
      [...some.values()].map(({ delivery }) => delivery),
    )
    const noted = begun.map(async (delivery): Promise<Noted> => {
      const where = some.get(delivery.id)
      if (!where) throw new Error('a delivery was begun that was not asked for')
      return { delivery, result: await send(ctx, outlets, { ...where, delivery }) }
    })
    await note(ctx, await Promise.all(noted), outlets.tally)
  }
  return leased.length
}

const send = (ctx: Context, outlets: Outlets, ready: Ready): Promise<Result> =>
  'to' in ready
    ? sendMail(ctx, outlets, ready.delivery, ready)
    : sendPush(ctx, outlets, ready.delivery, ready.devices)
