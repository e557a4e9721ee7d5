import type { ProjectRow } from '../tables.ts'

export type ProjectStage = ProjectRow['stage']
type Told = Pick<ProjectRow, 'summary' | 'repositoryUrl' | 'demoUrl' | 'videoUrl'>

interface Stage {
  stage: ProjectStage
  percent: number
  /** What the stage asks for besides those before it, each with the code of its lack. */
  asks: readonly { code: string; isThere(project: Told): boolean }[]
}

const sketchLength = 140

/** The ladder, lowest first. */
export const stageLadder: readonly Stage[] = [
  { stage: 'CHALLENGE', percent: 0, asks: [] },
  {
    stage: 'PROJECT',
    percent: 5,
    asks: [{ code: 'SUMMARY_MISSING', isThere: ({ summary }) => summary !== null }],
  },
  {
    stage: 'RESEARCH',
    percent: 10,
    asks: [{ code: 'REPOSITORY_MISSING', isThere: ({ repositoryUrl }) => repositoryUrl !== null }],
  },
  {
    stage: 'SKETCH',
    percent: 20,
    asks: [{ code: 'SUMMARY_TOO_SHORT', isThere: ({ summary }) => (summary ?? '').length >= sketchLength }],
  },
  {
    stage: 'PROTOTYPE',
    percent: 30,
    asks: [
      {
        code: 'PROTOTYPE_MISSING',
        isThere: ({ demoUrl, videoUrl }) => demoUrl !== null || videoUrl !== null,
      },
    ],
  },
  {
    stage: 'PUBLISH',
    percent: 40,
    asks: [{ code: 'DEMO_MISSING', isThere: ({ demoUrl }) => demoUrl !== null }],
  },
  {
    stage: 'SHARE',
    percent: 50,
    asks: [{ code: 'VIDEO_MISSING', isThere: ({ videoUrl }) => videoUrl !== null }],
  },
]

const heightOf = (stage: ProjectStage): number => stageLadder.findIndex((step) => step.stage === stage)

/** The stage above; at the top the same. */
export const nextStage = (stage: ProjectStage): ProjectStage =>
  stageLadder[heightOf(stage) + 1]?.stage ?? stage

/** Codes of what a project lacks for a stage and those below it. The way down, and staying, is free. */
export const lacksFor = (project: Told & Pick<ProjectRow, 'stage'>, to: ProjectStage): string[] =>
  heightOf(to) <= heightOf(project.stage)
    ? []
    : stageLadder
        .slice(0, heightOf(to) + 1)
        .flatMap(({ asks }) => asks)
        .filter(({ isThere }) => !isThere(project))
        .map(({ code }) => code)

/** The whole ladder, as a project stands to it. */
export const stagesOf = (project: Told & Pick<ProjectRow, 'stage'>) =>
  stageLadder.map(({ stage, percent }) => ({
    stage,
    percent,
    isReached: heightOf(stage) <= heightOf(project.stage),
    blockedBy: lacksFor(project, stage),
  }))
