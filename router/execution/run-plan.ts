import type { SubgraphUpstream } from '@guildhall/kit/upstream'
import type { ExecutionResult, GraphQLError } from 'graphql'
import { collectEntities, type EntityBatch, spreadEntities } from './entity-batch.ts'
import { answerErrors, malformedAnswer, requestFailure } from './fetch-errors.ts'
import { mergeData } from './merge-data.ts'
import { type Data, isData } from './own-keys.ts'
import type { RequestContext } from './request-context.ts'
import type { PlannedRequest, RootFields } from './requests.ts'
import { type Answer, createSender, type Send } from './send-request.ts'
import { type SharedPaths, targetsAt } from './targets.ts'

/** What one run of a plan is made with. */
export interface RunOptions {
  upstreams: Readonly<Record<string, SubgraphUpstream>>
  variables: Readonly<Record<string, unknown>>
  context: RequestContext
  /** The answer to the primary fetch of a subscription. Taken over: what is fetched is merged into it. */
  event?: ExecutionResult | undefined
}

/** All that subgraphs sent, by the paths of the answer, with keys and types that the client did not ask for. */
export interface Gathered {
  data: Data
  errors: GraphQLError[]
  shared: SharedPaths
}

/** Runs the requests of a plan, each as soon as those are done that it waits for. */
export function runRequests(requests: readonly PlannedRequest[], options: RunOptions): Promise<Gathered> {
  const gathered: Gathered = { data: {}, errors: [], shared: new Set() }
  const waitsFor = requests.map((request) => request.waitsFor)
  const send = createSender(options.upstreams, options.context)
  let unfinished = requests.length

  return new Promise((resolve, reject) => {
    const finish = ({ next }: PlannedRequest) => {
      unfinished -= 1
      if (unfinished === 0) return resolve(gathered)
      for (const later of next) {
        const waits = (waitsFor[later] ?? 0) - 1
        waitsFor[later] = waits
        const request = requests[later]
        if (waits === 0 && request) start(request)
      }
    }
    const start = (request: PlannedRequest) => {
      const done = perform(request, { ...options, gathered, send })
      if (done) done.then(() => finish(request)).catch(reject)
      else finish(request)
    }
    if (unfinished === 0) return resolve(gathered)
    for (const request of requests) if (request.waitsFor === 0) start(request)
  })
}

interface Run extends RunOptions {
  gathered: Gathered
  send: Send
}

/** Undefined when there is nothing to ask for. */
function perform(request: PlannedRequest, run: Run): Promise<void> | undefined {
  return request.root ? askRoot(request, request.root, run) : askEntities(request, run)
}

function askRoot(request: PlannedRequest, root: RootFields, run: Run): Promise<void> | undefined {
  const { gathered, event } = run
  const targets = targetsAt(gathered.data, root.path, gathered.shared)
  if (targets.length === 0) return undefined
  const receive = (answer: Answer) => {
    const data = received(answer, request, [], gathered)
    if (!isData(data)) return
    root.rewrite?.(data)
    if (targets.length > 1) gathered.shared.add(root.key)
    for (const target of targets) mergeData(target, data)
  }
  if (request.isEvent) return Promise.resolve(event ?? { data: null }).then(receive)
  return run.send(request, pick(run.variables, request.variableUsages)).then(receive)
}

function askEntities(request: PlannedRequest, run: Run): Promise<void> | undefined {
  const { gathered, send } = run
  const variables = pick(run.variables, request.variableUsages)
  const batches: EntityBatch[] = []
  for (const field of request.entities) {
    const batch = collectEntities(gathered.data, field, gathered.shared)
    if (batch) batches.push(batch)
    variables[field.variable] = batch?.representations ?? []
  }
  if (batches.length === 0) return undefined
  return send(request, variables).then((answer) => {
    // One failing entity can cost its whole request: each fetch is asked again for itself, as if never merged.
    if (request.split && isWithoutData(answer)) return askAll(request.split(), run)
    const data = received(answer, request, batches, gathered)
    if (!isData(data)) return
    for (const batch of batches) {
      const { responseKey } = batch.field
      const entities = data[responseKey]
      if (!Array.isArray(entities) || entities.length !== batch.representations.length) {
        const promised = `${batch.representations.length} entities`
        gathered.errors.push(
          ...malformedAnswer(request, `A subgraph owes ${promised} and sent something else.`),
        )
        continue
      }
      prepareEntities(batch, entities)
      spreadEntities(batch, entities, gathered.shared)
    }
  })
}

const isWithoutData = (answer: Answer): boolean => !('failure' in answer) && !answer.data

async function askAll(requests: readonly PlannedRequest[], run: Run): Promise<void> {
  await Promise.all(requests.map((request) => perform(request, run)))
}

/** Notes what went wrong and gives the data. */
function received(
  answer: Answer,
  request: PlannedRequest,
  batches: readonly EntityBatch[],
  { data, errors }: Gathered,
): unknown {
  if ('failure' in answer) {
    errors.push(...requestFailure(request, answer.failure))
    return undefined
  }
  if (answer.errors) errors.push(...answerErrors(request, batches, data, answer.errors))
  return answer.data
}

/**
 * A subgraph that knows only an interface (`@interfaceObject`) calls its entities by the interface's name. What they are
 * is known from elsewhere, and must stay known. Rewrites for one type of several go by it.
 */
function prepareEntities({ field, occurrences }: EntityBatch, entities: readonly unknown[]): void {
  const { rewrite, vague } = field
  for (const entity of entities) {
    if (isData(entity) && vague.has(entity.__typename)) entity.__typename = undefined
  }
  if (!rewrite) return
  const rewritten = new Set<unknown>()
  for (const { targets, slots } of occurrences) {
    for (const [index, slot] of slots.entries()) {
      const entity = entities[slot]
      if (!isData(entity) || rewritten.has(entity)) continue
      entity.__typename ??= targets[index]?.__typename
      rewrite(entity)
      rewritten.add(entity)
    }
  }
}

/** Without a prototype: variables may be called like anything. */
function pick(
  variables: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Record<string, unknown> {
  const picked: Record<string, unknown> = Object.create(null)
  for (const name of names) {
    if (Object.hasOwn(variables, name) && variables[name] !== undefined) picked[name] = variables[name]
  }
  return picked
}
