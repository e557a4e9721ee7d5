import { failed, type Outcome } from '@guildhall/kit/outcome'
import { scansProblems } from '../check-in/scan-problems.ts'
import { takeScans } from '../check-in/take-scans.ts'
import type { CheckInManyInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import type { CheckInRow } from '../tables.ts'

/** What a device scanned while it was offline; each scan has its own answer. */
export async function checkInMany(ctx: Ctx, input: CheckInManyInput): Promise<Outcome<CheckInRow[]>> {
  ctx.requireViewer()
  const problems = scansProblems(input)
  if (problems.length > 0) return failed(...problems)
  const scans = input.scans.map(({ secret, type, nonce, at, peopleCount = null, isForced }) => ({
    secret,
    type,
    nonce,
    deviceId: input.deviceId,
    at,
    people: peopleCount,
    isForced,
    isOffline: true,
    answers: [],
  }))
  return takeScans(ctx, 'checkInMany', input.listId, scans, input)
}
