/** A total that a judge gave. */
export interface GivenTotal {
  judgeId: string
  total: number
}

/**
 * Totals as standard scores of those who gave them: z = (x − μ) / σ with the mean and the population deviation of the
 * judge's own totals, so that severe and generous judges count alike; HackAssistant standardizes its reviewers' votes in the
 * same way (`USER_GUIDE.md`, "Score calculation"). Of a judge whose totals are all equal they say nothing: 0. Of a judge
 * with fewer than two sheets there is no scale to know: μ and σ of all judges' totals stand in.
 *
 * @returns in the order of `given`.
 */
export function standardScores(given: readonly GivenTotal[]): number[] {
  const pooled = momentsOf(given)
  const own = new Map(
    [...Map.groupBy(given, ({ judgeId }) => judgeId)].map(([judgeId, theirs]) => [
      judgeId,
      theirs.length < 2 ? pooled : momentsOf(theirs),
    ]),
  )
  return given.map(({ judgeId, total }) => {
    const { mean, deviation } = own.get(judgeId) ?? pooled
    return deviation < deviationMin ? 0 : (total - mean) / deviation
  })
}

/** Less than this is what rounding leaves of equal totals. */
const deviationMin = 1e-9

function momentsOf(given: readonly GivenTotal[]): { mean: number; deviation: number } {
  const totals = given.map(({ total }) => total).sort((a, b) => a - b)
  const mean = meanOf(totals)
  return { mean, deviation: Math.sqrt(meanOf(totals.map((total) => (total - mean) ** 2))) }
}

/** The mean; NaN of nothing. */
export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length
