import type { DemoClient } from './client.ts'

type Id = { id: string }

/** What was built, and what the two judges found. */
const entries = [
  { title: 'Night Bus Radar', summary: 'Where the last bus is, and whether to run.', scores: [9, 8] },
  { title: 'Borrow a Ladder', summary: 'Neighbours lend what stands in the cellar.', scores: [7, 8] },
]

/** Brings an event to published results of a round of judging. */
export async function judgeEvent(
  organizer: DemoClient,
  eventId: string,
  judges: readonly DemoClient[],
  builders: readonly DemoClient[],
): Promise<void> {
  const move = (to: string) => organizer.mutate('transitionEvent', { id: eventId, to }, 'event { id }')
  for (const { userId } of judges) {
    await organizer.mutate('grantEventRoles', { eventId, userId, roles: ['JUDGE'] }, 'membership { id }')
  }
  for (const [index, { title, summary }] of entries.entries()) {
    const builder = builders[index]
    if (builder) await handIn(builder, { eventId, title, summary })
  }
  await move('IN_PROGRESS')
  await move('JUDGING')
  const { round } = await organizer.mutate<{ round: Id }>(
    'createJudgingRound',
    { eventId, name: 'Final', mode: 'RUBRIC', minReviewsPerProject: 2, isFeedbackShared: true },
    'round { id }',
  )
  const { criterion } = await organizer.mutate<{ criterion: Id }>(
    'addJudgingCriterion',
    { roundId: round.id, name: 'Use for the neighbourhood' },
    'criterion { id }',
  )
  await organizer.mutate('openJudgingRound', { id: round.id }, 'round { id }')
  for (const [number, judge] of judges.entries()) await scoreAll(judge, number, round.id, criterion.id)
  await organizer.mutate('closeJudgingRound', { id: round.id }, 'round { id }')
  await organizer.mutate('publishResults', { roundId: round.id }, 'round { id }')
}

async function handIn(
  builder: DemoClient,
  project: { eventId: string; title: string; summary: string },
): Promise<void> {
  await builder.mutate('registerForEvent', { eventId: project.eventId }, 'registration { id }')
  const started = await builder.mutate<{ project: Id }>('createProject', project, 'project { id }')
  await builder.mutate('submitProject', { id: started.project.id }, 'project { id }')
}

/** Takes one project after the other: one whose news comes late is there by the time it is asked for. */
async function scoreAll(
  judge: DemoClient,
  number: number,
  roundId: string,
  criterionId: string,
): Promise<void> {
  for (let taken = 0; taken < entries.length; taken++) {
    const { assignment } = await judge.mutate<{ assignment: { judgedProject: Id & { title: string } } }>(
      'takeNextProject',
      { roundId },
      'assignment { judgedProject { id title } }',
    )
    const { id, title } = assignment.judgedProject
    const value = entries.find((entry) => entry.title === title)?.scores[number] ?? 5
    await judge.mutate(
      'submitScore',
      { judgedProjectId: id, scores: [{ criterionId, value }], comment: 'Well done.', isFinal: true },
      'scoreSheet { id }',
    )
  }
}
