import { GraphQLError } from 'graphql'

const refusal = (code: string, message: string, http?: object): GraphQLError =>
  new GraphQLError(message, { extensions: { code, ...(http ? { http } : {}) } })

export const unresolved = () =>
  refusal('OPERATION_RESOLUTION_FAILURE', 'The operation to run cannot be told from the document.')

export const mutationByGet = () =>
  refusal('BAD_REQUEST', 'Mutations are sent by POST.', { status: 405, headers: { allow: 'POST' } })

export const notOverHttp = () =>
  refusal(
    'BAD_REQUEST',
    'Subscriptions are served on this path over WebSocket (graphql-ws protocol) or as server-sent events (send `Accept: text/event-stream`).',
  )
