import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { projectAdvanced, projectStages } from '../contract.ts'
import { lacksFor, nextStage, stageLadder } from '../domain/stages.ts'
import { about, act, domains, everything, projectOf, team } from './support.ts'

const nothing = { summary: null, repositoryUrl: null, demoUrl: null, videoUrl: null }
const everythingTold = {
  summary: 'x'.repeat(140),
  repositoryUrl: 'https://git.example',
  demoUrl: 'https://demo.example',
  videoUrl: 'https://video.example',
}

describe('the ladder', () => {
  it('is exactly this table', () => {
    expect(
      stageLadder.map(({ stage, percent, asks }) => [stage, percent, ...asks.map(({ code }) => code)]),
    ).toEqual([
      ['CHALLENGE', 0],
      ['PROJECT', 5, 'SUMMARY_MISSING'],
      ['RESEARCH', 10, 'REPOSITORY_MISSING'],
      ['SKETCH', 20, 'SUMMARY_TOO_SHORT'],
      ['PROTOTYPE', 30, 'PROTOTYPE_MISSING'],
      ['PUBLISH', 40, 'DEMO_MISSING'],
      ['SHARE', 50, 'VIDEO_MISSING'],
    ])
    expect(stageLadder.map(({ stage }) => stage)).toEqual(projectStages)
  })

  it('asks for everything below a stage, too, and for nothing on the way down', () => {
    const at = (stage: (typeof projectStages)[number], told: object = {}) => ({ ...nothing, ...told, stage })
    expect(lacksFor(at('CHALLENGE'), 'CHALLENGE')).toEqual([])
    expect(lacksFor(at('CHALLENGE'), 'SKETCH')).toEqual([
      'SUMMARY_MISSING',
      'REPOSITORY_MISSING',
      'SUMMARY_TOO_SHORT',
    ])
    expect(lacksFor(at('CHALLENGE', everythingTold), 'SHARE')).toEqual([])
    expect(lacksFor(at('PROTOTYPE', { ...everythingTold, demoUrl: null }), 'PUBLISH')).toEqual([
      'DEMO_MISSING',
    ])
    expect(lacksFor(at('SHARE'), 'PROJECT')).toEqual([])
    expect([nextStage('CHALLENGE'), nextStage('SHARE')]).toEqual(['PROJECT', 'SHARE'])
  })
})

describe('advanceProject', () => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(domains)
  })
  afterAll(() => world.close())

  const advance = async (person: Person, id: string, stage?: string) => {
    const { data } = await person.run<{ advanceProject: { project: object | null; userErrors: object[] } }>(
      `mutation ($input: AdvanceProjectInput!) { advanceProject(input: $input) {
        project { stage } userErrors { code path ... on StageBlockedError { blockedBy } } } }`,
      { input: { id, stage } },
    )
    return data.advanceProject.project ?? data.advanceProject.userErrors
  }

  it('goes up as far as the project bears it out, and tells', async () => {
    const { owner, members, id } = await team(world, { size: 2 })
    await act(owner, 'updateProject', { id, summary: 'Bakes.' })
    expect(await advance(members[0] ?? owner, id)).toEqual({ stage: 'PROJECT' })
    expect(await advance(owner, id, 'SKETCH')).toEqual([
      {
        code: 'STAGE_BLOCKED',
        path: ['input', 'stage'],
        blockedBy: ['REPOSITORY_MISSING', 'SUMMARY_TOO_SHORT'],
      },
    ])
    await act(owner, 'updateProject', { id, ...everythingTold })
    expect(await advance(owner, id, 'SHARE')).toEqual({ stage: 'SHARE' })
    expect(await advance(owner, id, 'CHALLENGE')).toEqual({ stage: 'CHALLENGE' })
    const told = (await world.published(projectAdvanced)).filter(about(id))
    expect(told.map(({ fromStage, stage }) => `${fromStage} ${stage}`)).toEqual([
      'CHALLENGE PROJECT',
      'PROJECT SHARE',
      'SHARE CHALLENGE',
    ])
  })

  it('says before what is missing for which stage', async () => {
    const { owner, id } = await team(world)
    await act(owner, 'updateProject', { id, summary: 'Bakes.', demoUrl: 'https://demo.example' })
    await advance(owner, id)
    const { data } = await owner.run<{ project: { stages: { stage: string; blockedBy: string[] }[] } }>(
      'query ($id: ID!) { project(id: $id) { stages { stage percent isReached blockedBy } } }',
      { id },
    )
    expect(data.project.stages.slice(0, 3)).toEqual([
      { stage: 'CHALLENGE', percent: 0, isReached: true, blockedBy: [] },
      { stage: 'PROJECT', percent: 5, isReached: true, blockedBy: [] },
      { stage: 'RESEARCH', percent: 10, isReached: false, blockedBy: ['REPOSITORY_MISSING'] },
    ])
    expect(data.project.stages).toHaveLength(7)
  })

  it('is refused and denied, and leaves nothing', async () => {
    const { owner, organization, id } = await team(world)
    const gone = await team(world)
    await act(gone.owner, 'withdrawProject', { id: gone.id })
    const before = await everything(world)
    expect(await act(owner, 'advanceProject', { id })).toBe('STAGE_BLOCKED')
    expect(await act(owner, 'advanceProject', { id, expectedVersion: 7 })).toBe('VERSION_CONFLICT')
    expect(await act(gone.owner, 'advanceProject', { id: gone.id })).toBe('PROJECT_NOT_EDITABLE')
    expect(await act(organization.as('OWNER'), 'advanceProject', { id })).toBe('FORBIDDEN')
    expect(await act(world.person(), 'advanceProject', { id })).toBe('NOT_FOUND')
    expect(await act(world.anonymous, 'advanceProject', { id })).toBe('UNAUTHENTICATED')
    expect(await everything(world)).toEqual(before)
  })

  it('goes one stage for each of the rivals who have read the same version', async () => {
    const { owner, members, id } = await team(world, { size: 2 })
    await act(owner, 'updateProject', { id, ...everythingTold })
    const rivals = [owner, members[0] ?? owner, owner, members[0] ?? owner]
    const said = await Promise.all(
      rivals.map((person) => act(person, 'advanceProject', { id, expectedVersion: 3 })),
    )
    expect(said.sort()).toEqual(['DRAFT', 'VERSION_CONFLICT', 'VERSION_CONFLICT', 'VERSION_CONFLICT'])
    expect((await projectOf(world, id)).stage).toBe('PROJECT')
  })
})
