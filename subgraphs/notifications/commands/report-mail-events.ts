import { idOf } from '@guildhall/kit/ids'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { sourcesOf } from '@guildhall/kit/state-machine'
import { and, eq, inArray } from 'drizzle-orm'
import contract from '../contract.ts'
import { suppress } from '../deliveries/suppressions.ts'
import { deliveryLife } from '../domain/delivery.ts'
import type { MailEventInput, ReportMailEventsInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { deliveries } from '../tables.ts'

const eventsMax = 500

/** Notes what a mail provider says: deliveries get on, addresses that do not want or take mails get none any more. */
export async function reportMailEvents(
  ctx: Ctx,
  input: ReportMailEventsInput,
): Promise<Outcome<{ changedCount: number }>> {
  const { events } = input
  if (events.length > eventsMax) {
    return failed(contract.failure('TOO_LONG', `At most ${eventsMax} events at once.`, ['input', 'events']))
  }
  return ctx.transaction(
    'reportMailEvents',
    async (tx) => {
      let changedCount = 0
      for (const { type, address, messageId } of inOrder(events)) {
        if (type !== 'DELIVERED') await suppress({ ...ctx, db: tx }, address, type)
        const id = deliveryOf(messageId)
        if (id === null) continue
        const status = type === 'DELIVERED' ? 'DELIVERED' : 'BOUNCED'
        const changed = await tx
          .update(deliveries)
          .set({ status, reason: type === 'DELIVERED' ? null : type, changedAt: ctx.now() })
          .where(
            and(
              eq(deliveries.id, id),
              eq(deliveries.channel, 'EMAIL'),
              inArray(deliveries.status, sourcesOf(deliveryLife, status)),
            ),
          )
          .returning({ id: deliveries.id })
        changedCount += changed.length
      }
      return done({ changedCount })
    },
    {},
    input,
  )
}

/** The same order in every transaction: two reports of the same mails wait for each other and do not lock up. */
const inOrder = (events: readonly MailEventInput[]): MailEventInput[] =>
  events.toSorted((a, b) =>
    a.address.toLowerCase() < b.address.toLowerCase() ? -1 : a.address === b.address ? 0 : 1,
  )

const uuid = /^<?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@/i

/** The delivery of a Message-ID; null when it is not one of ours. */
function deliveryOf(messageId: string | null | undefined): string | null {
  const [, found] = uuid.exec(messageId?.trim() ?? '') ?? []
  return found === undefined ? null : idOf('dlv', found.toLowerCase())
}
