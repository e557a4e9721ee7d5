import { defineContract } from '@guildhall/kit/contract'
import { judgeAssigned, resultsPublished, roundClosed, roundOpened } from './contract/events.ts'
import { notifications } from './notifications.ts'

export * from './contract/events.ts'

export default defineContract({
  domain: 'judging',
  products: ['innovation'],
  ids: {
    rnd: 'JudgingRound',
    crt: 'JudgingCriterion',
    jpr: 'JudgedProject',
    jas: 'JudgeAssignment',
    scs: 'ScoreSheet',
    coi: 'ConflictOfInterest',
    pwv: 'PairwiseVote',
  },
  permissions: {
    'judging:manage': {
      description: 'Set up rounds of judging, see every score, close rounds and publish results.',
      heldBy: ['OWNER', 'ADMIN', 'ORGANIZER'],
      heldOn: { evt: ['OWNER', 'ORGANIZER'] },
    },
    'judging:judge': {
      description: 'Score the projects of an event that one is given.',
      heldBy: [],
      heldOn: { evt: ['JUDGE'] },
    },
  },
  events: [roundOpened, roundClosed, judgeAssigned, resultsPublished],
  notifications,
  codes: {
    INVALID_TIME_RANGE: 'An end lies before its start, or in the past where it must not.',
    EVENT_NOT_JUDGING: 'Rounds are opened only while the event is being judged.',
    TOO_MANY_ROUNDS: 'The event has as many rounds as it can have.',
    TOO_MANY_CRITERIA: 'The round has as many criteria as it can have.',
    ROUND_NOT_EDITABLE: 'Only a draft of a round can be changed or deleted.',
    ROUND_NOT_OPEN: 'The round takes no scores: it is not open yet, its time is over, or it was closed.',
    NO_CRITERIA: 'A round with a rubric needs a criterion that counts.',
    TOO_FEW_PROJECTS: 'There is nothing to judge, or nothing to compare with.',
    REASON_REQUIRED: 'This step needs a reason.',
    NOT_A_JUDGE: 'The person is no judge of the event.',
    CONFLICT_OF_INTEREST: 'The judge is in the team, or has declared a conflict.',
    JUDGE_HAS_ENOUGH: 'The judge has as many projects as the round allows for each.',
    NOT_ASSIGNED: 'The judge was not given this project.',
    ALREADY_ASSIGNED: 'The judge has this project already.',
    ALREADY_SCORED: 'The judge has begun to score the project; declare a conflict to have it left out.',
    ALREADY_DECLARED: 'This conflict was declared before.',
    NOTHING_LEFT: 'There is nothing more for this judge in this round.',
    WRONG_MODE: 'The round is judged in the other way: by a rubric, or by pairs.',
    SCORE_OUT_OF_RANGE: 'The score is not on the scale of its criterion.',
    SCORE_REQUIRED: 'A final sheet has a score for every criterion that requires one.',
    DUPLICATE_SCORE: 'A criterion has one score on a sheet.',
    SHEET_FINAL: 'A final sheet cannot become a draft again.',
    PAIR_MISMATCH: 'This is not the pair that the judge was given; ask for it again.',
    DUPLICATE_AWARD: 'A project gets a prize, or a place in a track, once.',
    VOTE_NOT_OPEN: 'The public vote is not open.',
    TOO_MANY_CHOICES: 'The ballot names more projects than one may vote for.',
    NOT_A_PARTICIPANT: 'Only confirmed participants of the event may vote.',
    OWN_PROJECT: 'Nobody votes for a project of their own.',
  },
})
