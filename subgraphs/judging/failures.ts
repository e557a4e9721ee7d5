import type { Failure } from '@guildhall/kit/outcome'
import contract from './contract.ts'

/** Answers to ids that lead to nothing the caller may see. */
export const noSuchRound = (field: 'id' | 'roundId' | 'previousRoundId' = 'id'): Failure =>
  contract.failure('NOT_FOUND', 'There is no such round.', ['input', field])

export const noSuchCandidate = (field = 'judgedProjectId'): Failure =>
  contract.failure('NOT_FOUND', 'There is no such project in the round.', ['input', field])

export const versionConflict = (): Failure =>
  contract.failure('VERSION_CONFLICT', 'It was changed meanwhile.', ['input', 'expectedVersion'])

export const notEditable = (status: string, field: 'id' | 'roundId' = 'id'): Failure =>
  contract.failure('ROUND_NOT_EDITABLE', `The round is ${status}.`, ['input', field])

export const notOpen = (field: string): Failure =>
  contract.failure('ROUND_NOT_OPEN', 'The round takes no scores now.', ['input', field])

export const wrongMode = (field: string): Failure =>
  contract.failure('WRONG_MODE', 'The round is not judged in this way.', ['input', field])

export const inConflict = (field: string): Failure =>
  contract.failure('CONFLICT_OF_INTEREST', 'The judge must not judge this project.', ['input', field])
