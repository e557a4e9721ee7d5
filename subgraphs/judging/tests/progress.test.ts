import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { candidatesOf, did, domains, openRound, score, stage, the } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(domains)
})
afterAll(() => world.close())

interface Progress {
  status: string
  reviewCount: number
  neededReviewCount: number
  completeProjectCount: number
  draftCount: number
  activeJudgeCount: number
}

const fields = 'status reviewCount neededReviewCount completeProjectCount draftCount activeJudgeCount'

const watch = (person: Person, roundId: string) =>
  person.subscribe(`subscription ($id: ID!) { judgingProgress(roundId: $id) { ${fields} } }`, { id: roundId })

const next = async (stream: ReturnType<typeof watch>): Promise<Progress | null> =>
  ((await stream.next()).value?.data?.judgingProgress as Progress | undefined) ?? null

describe('judgingProgress', () => {
  it('begins with how things stand, follows what changes, and ends with publication', async () => {
    const on = await stage(world, { judges: 2, projects: 1 })
    const { roundId, criterionId } = await openRound(on)
    const [candidate] = await candidatesOf(world, on, roundId)
    const stream = watch(on.manager, roundId)
    expect(await next(stream)).toEqual({
      status: 'OPEN',
      reviewCount: 0,
      neededReviewCount: 2,
      completeProjectCount: 0,
      draftCount: 0,
      activeJudgeCount: 0,
    })
    const first = next(stream)
    await score(on.judges[0], candidate, criterionId, 5, { isFinal: false })
    expect(await first).toMatchObject({ reviewCount: 0, draftCount: 1 })
    // While nobody reads, changes gather: what comes last is how things stand.
    for (const judge of on.judges) await score(judge, candidate, criterionId, 5)
    let last = await next(stream)
    while (last?.reviewCount !== 2) last = await next(stream)
    expect(last).toMatchObject({ completeProjectCount: 1, draftCount: 0, activeJudgeCount: 2 })
    await did(on.manager, 'closeJudgingRound', { id: roundId }, 'round { id }')
    await did(on.manager, 'publishResults', { roundId }, 'round { id }')
    const statuses: string[] = []
    for (let one = await next(stream); one !== null; one = await next(stream)) statuses.push(one.status)
    expect(statuses.at(-1)).toBe('PUBLISHED')
  })

  it('is for those who manage judging', async () => {
    const on = await stage(world, { judges: 1, projects: 1 })
    const { roundId } = await openRound(on)
    for (const person of [the(on.judges[0]), world.person()]) {
      const result = await watch(person, roundId).next()
      expect(result.value?.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT')
    }
    const { data } = await the(on.judges[0]).run<{ judgingRound: { progress: null } }>(
      'query ($id: ID!) { judgingRound(id: $id) { progress { reviewCount } } }',
      { id: roundId },
    )
    expect(data.judgingRound.progress).toBeNull()
  })
})
