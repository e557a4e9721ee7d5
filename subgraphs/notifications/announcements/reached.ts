import { addressesOf } from '../deliveries/addresses.ts'
import { suppressedAmong } from '../deliveries/suppressions.ts'
import { ownersAmong } from '../devices/owners-among.ts'
import { scopesOfAnnouncement } from '../domain/notices.ts'
import type { NotificationChannel, SuppressionReason } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { verdictsOf } from '../preferences/verdicts.ts'
import type { Place } from './audience.ts'

/** Identity is asked for the addresses of so many at once. */
const addressPage = 1_000

/**
 * Who would not get an announcement by a channel now, and why.
 *
 * @throws ServiceUnavailable when it is mail, and identity is away.
 */
export async function reasonsAgainst(
  ctx: Ctx,
  place: Place,
  channel: NotificationChannel,
  userIds: readonly string[],
): Promise<Map<string, SuppressionReason>> {
  const verdicts = await verdictsOf(
    ctx,
    userIds.map((recipientId) => ({
      recipientId,
      type: 'announcement.received',
      channel,
      scopeIds: scopesOfAnnouncement(place),
      subjectId: place.eventId ?? place.organizationId,
    })),
  )
  const reasons = new Map<string, SuppressionReason>()
  for (const [index, userId] of userIds.entries()) {
    const verdict = verdicts[index]
    if (verdict?.kind === 'SKIP') reasons.set(userId, verdict.reason)
  }
  if (channel === 'IN_APP') return reasons
  const wanting = userIds.filter((userId) => !reasons.has(userId))
  if (channel === 'PUSH') {
    const owners = await ownersAmong(ctx, wanting)
    for (const userId of wanting) if (!owners.has(userId)) reasons.set(userId, 'NO_DEVICE')
    return reasons
  }
  for (let at = 0; at < wanting.length; at += addressPage) {
    await addMailReasons(ctx, wanting.slice(at, at + addressPage), reasons)
  }
  return reasons
}

async function addMailReasons(
  ctx: Ctx,
  userIds: readonly string[],
  reasons: Map<string, SuppressionReason>,
): Promise<void> {
  const addresses = await addressesOf(ctx, userIds)
  const suppressed = await suppressedAmong(ctx, [...addresses.values()])
  for (const userId of userIds) {
    const address = addresses.get(userId)
    if (address === undefined) reasons.set(userId, 'NO_ADDRESS')
    else if (suppressed.has(address)) reasons.set(userId, 'ADDRESS_SUPPRESSED')
  }
}
