import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { answerOf, type ScanAnswer } from '../check-in/scan-answer.ts'
import { scanProblems } from '../check-in/scan-problems.ts'
import { takeScans } from '../check-in/take-scans.ts'
import type { CheckInInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'

/** One ticket at a door. A refusal is an answer like any other: it stands in the log. */
export async function checkIn(ctx: Ctx, input: CheckInInput): Promise<Outcome<ScanAnswer>> {
  ctx.requireViewer()
  const problems = scanProblems(input)
  if (problems.length > 0) return failed(...problems)
  const { listId, secret, type, nonce, deviceId, at = null, peopleCount = null, isForced } = input
  const isOffline = at !== null
  const answers = input.answers ?? []
  const scan = { secret, type, nonce, deviceId, at, people: peopleCount, isForced, isOffline, answers }
  const outcome = await takeScans(ctx, 'checkIn', listId, [scan], input)
  if (!outcome.ok) return outcome
  const [row] = outcome.value
  if (!row) throw new Error('a scan has no answer')
  return done(await answerOf(ctx, row))
}
