import type { Failure } from '@guildhall/kit/outcome'
import contract from '../contract.ts'

/** The caller has a good token and no account with us: the account was removed a moment ago. */
export const noAccount = (): Failure => contract.failure('NOT_FOUND', 'There is no such account.', ['input'])
