import { anyOf } from '@guildhall/kit/any-of'
import type { Context } from '@guildhall/kit/context'
import { type Language, languageOf } from '@guildhall/kit/languages'
import { devicesOf } from '../devices/devices-of.ts'
import type { ToGather } from '../digests/gather.ts'
import type { Result } from '../domain/delivery.ts'
import type { NotificationTypeKey } from '../domain/notification-types.ts'
import { unknownReader } from '../domain/texts.ts'
import { type Verdict, verdictsOf } from '../preferences/verdicts.ts'
import { type DeliveryReason, type PushDeviceRow, persons } from '../tables.ts'
import { addressesOf } from './addresses.ts'
import type { Leased } from './lease.ts'
import type { Noted } from './note.ts'
import type { MailTarget } from './send-mail.ts'
import { suppressedAmong } from './suppressions.ts'

/** A delivery that is to leave, and where to. */
export type Ready = { delivery: Leased } & (MailTarget | { devices: PushDeviceRow[] })

/** What to do with deliveries that were taken up. */
export interface Prepared {
  ready: Ready[]
  /** Those that do not leave now, or ever. */
  settled: Noted[]
  /** Those that leave together with others. */
  gathered: ToGather[]
}

/** Reads anew what recipients want and where they are; the same few statements however many deliveries there are. */
export async function prepare(ctx: Context, leased: readonly Leased[]): Promise<Prepared> {
  const verdicts = await verdictsOf(
    ctx,
    leased.map(({ channel, notification: { recipientId, type, scopeIds, subjectId, cause } }) => ({
      recipientId,
      type: type as NotificationTypeKey,
      channel,
      scopeIds,
      subjectId,
      cause,
    })),
  )
  const settled: Noted[] = []
  const gathered: ToGather[] = []
  const wanted: Leased[] = []
  for (const [place, delivery] of leased.entries()) {
    const verdict = verdicts[place]
    const result = resultOf(verdict)
    if (verdict?.kind === 'DIGEST') gathered.push({ ...verdict, delivery })
    else if (result) settled.push({ delivery, result })
    else wanted.push(delivery)
  }
  const ready: Ready[] = []
  for (const found of [
    ...(await forMail(
      ctx,
      wanted.filter(({ channel }) => channel === 'EMAIL'),
    )),
    ...(await forPush(
      ctx,
      wanted.filter(({ channel }) => channel === 'PUSH'),
    )),
  ]) {
    if ('result' in found) settled.push(found)
    else ready.push(found)
  }
  return { ready, settled, gathered }
}

/** Null: it is to be sent, by itself or with others. */
function resultOf(verdict: Verdict | undefined): Result | null {
  switch (verdict?.kind) {
    case 'SKIP':
      return { status: 'SKIPPED', reason: verdict.reason }
    case 'DEFER':
      return { status: 'DEFERRED', reason: 'QUIET_HOURS', until: verdict.until }
    default:
      return null
  }
}

const skipped = (delivery: Leased, reason: DeliveryReason): Noted => ({
  delivery,
  result: { status: 'SKIPPED', reason },
})

async function forMail(ctx: Context, wanted: readonly Leased[]): Promise<(Ready | Noted)[]> {
  const addresses = await addressesOf(
    ctx,
    wanted.map(({ recipientId }) => recipientId),
  )
  const suppressed = await suppressedAmong(ctx, [...addresses.values()])
  const languages = await languagesOf(ctx, [...addresses.keys()])
  return wanted.map((delivery) => {
    const to = addresses.get(delivery.recipientId)
    if (to === undefined) return skipped(delivery, 'NO_ADDRESS')
    if (suppressed.has(to)) return skipped(delivery, 'SUPPRESSED')
    return { delivery, to, language: languages.get(delivery.recipientId) ?? languageOf(unknownReader.locale) }
  })
}

async function languagesOf(
  { db }: Pick<Context, 'db'>,
  userIds: readonly string[],
): Promise<Map<string, Language>> {
  if (userIds.length === 0) return new Map()
  const rows = await db
    .select({ id: persons.id, locale: persons.locale })
    .from(persons)
    .where(anyOf(persons.id, userIds))
  return new Map(rows.map(({ id, locale }) => [id, languageOf(locale)]))
}

async function forPush(ctx: Context, wanted: readonly Leased[]): Promise<(Ready | Noted)[]> {
  const found = await devicesOf(ctx, wanted)
  return wanted.map((delivery) => {
    const devices = found.get(delivery.id)
    return devices ? { delivery, devices } : skipped(delivery, 'NO_DEVICE')
  })
}
