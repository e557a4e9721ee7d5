import type { PublicVoteRow } from '../tables.ts'

/** Whether ballots are taken now. */
export const takesBallots = ({ opensAt, closesAt }: Pick<PublicVoteRow, 'opensAt' | 'closesAt'>, now: Date) =>
  now >= opensAt && now < closesAt
