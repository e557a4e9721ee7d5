import { GraphQLError } from 'graphql'

const refusal = (code: string, message: string) => new GraphQLError(message, { extensions: { code } })

/** The token that a stream was opened with has come to its end. */
export const tokenExpired = () =>
  refusal('SUBSCRIPTION_JWT_EXPIRED', 'The access token has expired. Refresh it, then subscribe again.')

/** @param most how many may run at a time. */
export const tooManySubscriptions = (most: number) =>
  refusal('SUBSCRIPTION_MAX_LIMIT', `At most ${most} operations may run on one connection at a time.`)

export const badRequest = (message: string) => refusal('BAD_REQUEST', message)
