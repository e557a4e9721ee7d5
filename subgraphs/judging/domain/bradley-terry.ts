/** That one was found better than the other. */
export interface Comparison {
  winnerId: string
  loserId: string
}

/** So many wins and as many losses of each against a middling rival: nobody is infinitely good after one win. */
export const priorDefault = 0.5

const iterationsMax = 10_000
const precision = 1e-10

/**
 * Log strengths by Bradley and Terry: P(a beats b) = e^λa / (e^λa + e^λb); found by the MM iteration
 * pᵢ ← Wᵢ / Σⱼ nᵢⱼ / (pᵢ + pⱼ) (D. R. Hunter, "MM algorithms for generalized Bradley–Terry models", Annals of Statistics 32,
 * 2004, eq. 3), here with `prior` wins and losses of everybody against a rival of strength 1, which keeps strengths finite
 * and comparable when not everybody was compared with everybody. Gavel's online update (Chen et al., "Pairwise ranking
 * aggregation in a crowdsourced setting", 2013) depends on the order in which votes come; this does not, so that a
 * recount gives the same.
 *
 * @returns of all that were compared; their mean is 0.
 */
export function strengthsOf(comparisons: readonly Comparison[], prior = priorDefault): Map<string, number> {
  const ids = [...new Set(comparisons.flatMap(({ winnerId, loserId }) => [winnerId, loserId]))].sort()
  const indexOf = new Map(ids.map((id, index) => [id, index]))
  const wins = ids.map(() => prior)
  const met = ids.map(() => new Map<number, number>())
  for (const { winnerId, loserId } of comparisons) {
    const winner = indexOf.get(winnerId) ?? 0
    const loser = indexOf.get(loserId) ?? 0
    wins[winner] = (wins[winner] ?? 0) + 1
    met[winner]?.set(loser, (met[winner]?.get(loser) ?? 0) + 1)
    met[loser]?.set(winner, (met[loser]?.get(winner) ?? 0) + 1)
  }
  // Sums of fractions depend on their order.
  const rivals = met.map((one) => [...one].sort(([a], [b]) => a - b))
  let strengths = ids.map(() => 1)
  for (let iteration = 0; iteration < iterationsMax; iteration++) {
    const next = centred(
      strengths.map((own, index) => improved(own, index, wins, rivals, strengths, prior)),
      prior,
    )
    const change = Math.max(
      0,
      ...next.map((value, index) => Math.abs(Math.log(value / (strengths[index] ?? 1)))),
    )
    strengths = next
    if (change < precision) break
  }
  const logs = strengths.map(Math.log)
  const mean = logs.reduce((sum, value) => sum + value, 0) / Math.max(1, logs.length)
  return new Map(ids.map((id, index) => [id, (logs[index] ?? 0) - mean]))
}

function improved(
  own: number,
  index: number,
  wins: readonly number[],
  rivals: readonly (readonly (readonly [number, number])[])[],
  strengths: readonly number[],
  prior: number,
): number {
  const expected = (rivals[index] ?? []).reduce(
    (sum, [rival, times]) => sum + times / (own + (strengths[rival] ?? 1)),
    (2 * prior) / (own + 1),
  )
  return (wins[index] ?? 0) / expected
}

/** Without a prior only ratios are known: their geometric mean is kept at 1. */
function centred(strengths: readonly number[], prior: number): number[] {
  if (prior > 0) return [...strengths]
  const mean = Math.exp(strengths.reduce((sum, value) => sum + Math.log(value), 0) / strengths.length)
  return strengths.map((value) => value / mean)
}
