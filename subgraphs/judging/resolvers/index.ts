import { ConflictOfInterest, JudgeAssignment, JudgedProject } from './judged.ts'
import { Mutation } from './mutation.ts'
import { Query } from './query.ts'
import { JudgingAward, JudgingResult, Project, PublicBallot, PublicVote, PublicVoteCount } from './results.ts'
import { Event, JudgeProgress, JudgingCriterion, JudgingRound, JudgingRoundTransition } from './rounds.ts'
import { CriterionScore, JudgingPair, PairwiseVote, ScoreSheet } from './scores.ts'
import { Subscription } from './subscription.ts'

export const resolvers = {
  Query,
  Mutation,
  Subscription,
  Event,
  Project,
  JudgingRound,
  JudgingCriterion,
  JudgingRoundTransition,
  JudgeProgress,
  JudgedProject,
  JudgeAssignment,
  ConflictOfInterest,
  ScoreSheet,
  CriterionScore,
  JudgingPair,
  PairwiseVote,
  JudgingResult,
  JudgingAward,
  PublicVote,
  PublicBallot,
  PublicVoteCount,
}
