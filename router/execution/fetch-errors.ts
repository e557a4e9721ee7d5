import { HouseError, ServiceUnavailable } from '@guildhall/kit/errors'
import { GraphQLError, type GraphQLFormattedError, Kind } from 'graphql'
import type { EntityBatch } from './entity-batch.ts'
import type { Data } from './own-keys.ts'
import type { PlannedRequest, RootFields } from './requests.ts'
import { occurrencesAt, type ResponsePath } from './targets.ts'

/** From another process without its class; from this one an error object, whose cause stays with it. */
type SubgraphError = GraphQLError | GraphQLFormattedError

/** What a subgraph could not answer, as errors at the places of the client's answer that it concerns. */
export function answerErrors(
  request: PlannedRequest,
  batches: readonly EntityBatch[],
  root: Data,
  errors: readonly SubgraphError[],
): GraphQLError[] {
  return errors.flatMap((error) =>
    placesOf(request, batches, root, error.path).map((path) => subgraphError(request.service, error, path)),
  )
}

/** A request that got no answer: one error for every part of the plan that it would have answered. */
export function requestFailure(request: PlannedRequest, error: unknown): GraphQLError[] {
  const fault = error instanceof HouseError ? error : new ServiceUnavailable(undefined, error)
  const { root, entities } = request
  const paths = root
    ? [rootFieldPath(request, root)]
    : entities.flatMap(({ paths }) => paths.map(({ written }) => written))
  return paths.map(
    (path) =>
      new GraphQLError(fault.message, {
        extensions: fault.extensions,
        originalError: fault,
        path: path ?? null,
      }),
  )
}

/** An answer that is GraphQL but not what was asked for. */
export const malformedAnswer = ({ service, entities }: PlannedRequest, message: string): GraphQLError[] =>
  entities.flatMap(({ paths }) =>
    paths.map(
      ({ written }) => new GraphQLError(message, { path: written, extensions: { serviceName: service } }),
    ),
  )

/** Several root fields of one request are not told apart: their failure has no path. */
function rootFieldPath({ document }: PlannedRequest, { written }: RootFields): ResponsePath | undefined {
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION)
  const [field, ...others] = operation?.selectionSet.selections ?? []
  if (field?.kind !== Kind.FIELD || others.length > 0) return undefined
  return [...written, field.alias?.value ?? field.name.value]
}

/** `_entities.3.name` → the `name` of every occurrence of the fourth entity. */
function placesOf(
  { root: fields }: PlannedRequest,
  batches: readonly EntityBatch[],
  root: Data,
  path: SubgraphError['path'],
): (ResponsePath | undefined)[] {
  if (!path) return [undefined]
  if (fields) return [[...fields.written, ...path]]
  const [responseKey, slot, ...rest] = path
  const batch = batches.find(({ field }) => field.responseKey === responseKey)
  if (!batch) return [undefined]
  if (typeof slot !== 'number') return batch.occurrences.map(({ at }) => [...at.written, '_entities'])
  return batch.occurrences.flatMap(({ at, targets, slots }) => {
    const waiting = new Set(targets.filter((_, index) => slots[index] === slot))
    if (waiting.size === 0) return []
    return occurrencesAt(root, at.path).flatMap(({ target, place }) =>
      waiting.has(target) ? [[...place, ...rest]] : [],
    )
  })
}

/** What the gateway calls an error that has no code. Clients see it as an internal one. */
const withoutCode = 'DOWNSTREAM_SERVICE_ERROR'

/** As the gateway words it. The name of the subgraph is for our log; the mask keeps it from clients. */
const subgraphError = (serviceName: string, error: SubgraphError, path: ResponsePath | undefined) =>
  new GraphQLError(error.message || `Error while fetching subquery from service "${serviceName}"`, {
    originalError: error as Error,
    path: path ?? null,
    extensions: { code: withoutCode, ...error.extensions, serviceName },
  })
