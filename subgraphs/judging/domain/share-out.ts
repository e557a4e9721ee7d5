import { shuffled } from './seeded.ts'

/** Who may judge what, and what is shared out already. */
export interface ShareOut {
  projectIds: readonly string[]
  judgeIds: readonly string[]
  /** Whether the judge may judge the project: no conflict, not their own, their track. */
  mayJudge(judgeId: string, projectId: string): boolean
  /** Stays as it is and counts. */
  assigned: readonly Pairing[]
  /** How many judges each project needs. */
  reviewsPerProject: number
  /** How many projects one judge has at most. */
  loadMax: number
  seed: number
}

export interface Pairing {
  judgeId: string
  projectId: string
}

export interface SharedOut {
  added: Pairing[]
  /** Projects that lack judges: too few may judge them, or have room. */
  shortfalls: { projectId: string; missingCount: number }[]
}

/** Everybody judges everything that they may. */
export function allToAll({ projectIds, judgeIds, mayJudge, assigned, loadMax }: ShareOut): SharedOut {
  const has = new Set(assigned.map(keyOf))
  const load = Map.groupBy(assigned, ({ judgeId }) => judgeId)
  const added: Pairing[] = []
  for (const judgeId of judgeIds) {
    let room = loadMax - (load.get(judgeId)?.length ?? 0)
    for (const projectId of projectIds) {
      const pairing = { judgeId, projectId }
      if (room <= 0 || has.has(keyOf(pairing)) || !mayJudge(judgeId, projectId)) continue
      added.push(pairing)
      room -= 1
    }
  }
  const reached = Map.groupBy([...assigned, ...added], ({ projectId }) => projectId)
  const shortfalls = projectIds.flatMap((projectId) => {
    const wanted = judgeIds.filter((judgeId) => mayJudge(judgeId, projectId)).length
    const missingCount = wanted - (reached.get(projectId)?.length ?? 0)
    return missingCount > 0 ? [{ projectId, missingCount }] : []
  })
  return { added, shortfalls }
}

/**
 * Gives every project as many judges as it needs, and judges as equal a load as the rules allow. Each review goes to the
 * judge with the least to do who can be reached by passing projects on from judge to judge: such cost-reducing paths make
 * the loads the most even ones there are (N. Harvey et al., "Semi-matchings for bipartite graphs and load balancing",
 * J. Algorithms 59, 2006). Only what is added now is passed on. The same seed gives the same.
 */
export function balanced(wanted: ShareOut): SharedOut {
  const judgeIds = shuffled(wanted.judgeIds, wanted.seed)
  const projectIds = shuffled(wanted.projectIds, wanted.seed + 1)
  const load = new Map(judgeIds.map((id) => [id, 0]))
  const fixed = new Set<string>()
  const counts = new Map<string, number>()
  for (const { judgeId, projectId } of wanted.assigned) {
    fixed.add(keyOf({ judgeId, projectId }))
    load.set(judgeId, (load.get(judgeId) ?? 0) + 1)
    counts.set(projectId, (counts.get(projectId) ?? 0) + 1)
  }
  const state: State = {
    ...wanted,
    judgeIds,
    load,
    fixed,
    moving: new Map(judgeIds.map((id) => [id, new Set()])),
  }
  const shortfalls: SharedOut['shortfalls'] = []
  for (const projectId of projectIds) {
    const missing = wanted.reviewsPerProject - (counts.get(projectId) ?? 0)
    for (let given = 0; given < missing; given++) {
      if (giveOne(state, projectId)) continue
      shortfalls.push({ projectId, missingCount: missing - given })
      break
    }
  }
  const added = [...state.moving].flatMap(([judgeId, theirs]) =>
    [...theirs].map((projectId) => ({ judgeId, projectId })),
  )
  return { added, shortfalls }
}

interface State extends Pick<ShareOut, 'judgeIds' | 'mayJudge' | 'loadMax'> {
  load: Map<string, number>
  fixed: ReadonlySet<string>
  /** Judge → what they were given now and may pass on. */
  moving: Map<string, Set<string>>
}

/** Finds one more judge for a project. @returns false when nobody can be reached who has room. */
function giveOne(state: State, projectId: string): boolean {
  const cameBy = reach(state, projectId)
  let best: string | undefined
  for (const judgeId of cameBy.keys()) {
    const load = state.load.get(judgeId) ?? 0
    if (load < state.loadMax && (best === undefined || load < (state.load.get(best) ?? 0))) best = judgeId
  }
  if (best === undefined) return false
  state.load.set(best, (state.load.get(best) ?? 0) + 1)
  let judgeId = best
  for (;;) {
    const step = cameBy.get(judgeId)
    if (!step) throw new Error('the path has a gap')
    state.moving.get(judgeId)?.add(step.projectId)
    if (step.from === null) return true
    state.moving.get(step.from)?.delete(step.projectId)
    judgeId = step.from
  }
}

/** Judges who can take the project, or something from somebody who then can, the nearest first: judge → how. */
function reach(state: State, projectId: string): Map<string, { projectId: string; from: string | null }> {
  const cameBy = new Map<string, { projectId: string; from: string | null }>()
  const queue: { projectId: string; from: string | null }[] = [{ projectId, from: null }]
  for (const step of queue) {
    for (const judgeId of state.judgeIds) {
      if (cameBy.has(judgeId) || !state.mayJudge(judgeId, step.projectId)) continue
      if (state.fixed.has(keyOf({ judgeId, projectId: step.projectId }))) continue
      const theirs = state.moving.get(judgeId)
      if (!theirs || theirs.has(step.projectId)) continue
      cameBy.set(judgeId, step)
      for (const own of theirs) queue.push({ projectId: own, from: judgeId })
    }
  }
  return cameBy
}

const keyOf = ({ judgeId, projectId }: Pairing): string => `${judgeId} ${projectId}`
