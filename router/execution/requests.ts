import { BadUserInput } from '@guildhall/kit/errors'
import { type GraphQLSchema, isInterfaceType } from 'graphql'
import { mergeOperations, operationOf, type SubgraphOperation } from './merge-operations.ts'
import type { PlanStep } from './plan-steps.ts'
import { compileRequires, type Requirement } from './representations.ts'
import { compileRewrites, type Rewrite } from './rewrites.ts'
import { areFinal, mayShare } from './sharing.ts'
import { compilePath, type PathStep, pathText } from './targets.ts'

/** Entities of one path that a request asks for. */
export interface EntityPath {
  /** The path as one text. */
  key: string
  path: readonly PathStep[]
  /** The path as the planner wrote it, for errors that concern all of it. */
  written: readonly string[]
  requirement: Requirement
  /** Whether occurrences of one entity may hold the same objects; else each gets a copy. */
  mayShare: boolean
}

/** One `_entities` field of a request: one selection, asked for at one or more paths. */
export interface EntityField {
  responseKey: string
  variable: string
  paths: readonly EntityPath[]
  /** Type names that say less than what is known of an entity that has been found: those of interfaces. */
  vague: ReadonlySet<unknown>
  rewrite: Rewrite | undefined
  /** Whether nothing is ever merged into what it brings: different paths may then share it too. */
  isFinal: boolean
}

/** Root fields of a request: where their data goes. */
export interface RootFields {
  key: string
  path: readonly PathStep[]
  written: readonly string[]
  rewrite: Rewrite | undefined
}

/** One request to one subgraph: a fetch of the plan, or several entity fetches that become ready together. */
export interface PlannedRequest extends SubgraphOperation {
  service: string
  isQuery: boolean
  /** Answered by the event of a subscription. */
  isEvent: boolean
  variableUsages: readonly string[]
  /** Either root fields or entities. */
  root: RootFields | undefined
  entities: readonly EntityField[]
  /** How many requests have to be done before. */
  waitsFor: number
  /** Requests that wait for this one, by index. */
  next: readonly number[]
  /** The fetches of a merged request one by one, for when it has no data because one of them failed. */
  split?: () => readonly PlannedRequest[]
}

/**
 * Turns the fetches of a plan into requests. Entity fetches of one level to one subgraph become one request; equal
 * selections among them one `_entities` field, so that an entity is sent once and the subgraph loads it in one batch.
 * A merged request starts when all that its fetches wait for is done; as that is always of lower levels, none waits for
 * itself.
 */
export function planRequests(schema: GraphQLSchema, steps: readonly PlanStep[]): PlannedRequest[] {
  const groups = [...Map.groupBy(steps, groupKey).values()]
  const groupOf = new Map(groups.flatMap((group, index) => group.map((step) => [step, index] as const)))
  const waiting = groups.map((group) => {
    const before = group.flatMap(({ after }) => after.flatMap((index) => steps[index] ?? []))
    return new Set(before.map((step) => groupOf.get(step)))
  })
  return groups.map((group, index) => ({
    ...planRequest(schema, group, steps),
    waitsFor: waiting[index]?.size ?? 0,
    next: groups.flatMap((_, later) => (waiting[later]?.has(index) ? [later] : [])),
    ...(group.length < 2
      ? {}
      : {
          split: () =>
            group.map((step) => ({ ...planRequest(schema, [step], steps), waitsFor: 0, next: [] })),
        }),
  }))
}

function groupKey(step: PlanStep): unknown {
  const { fetch, level } = step
  return fetch.requires && fetch.operationKind === 'query' ? `${level} ${fetch.serviceName}` : step
}

function planRequest(
  schema: GraphQLSchema,
  group: readonly PlanStep[],
  steps: readonly PlanStep[],
): Omit<PlannedRequest, 'waitsFor' | 'next'> {
  const [first] = group
  if (!first) throw new Error('a request has at least one fetch')
  const { fetch, isEvent, path } = first
  const variableUsages = [...new Set(group.flatMap((step) => step.fetch.variableUsages ?? []))]
  const common = {
    service: fetch.serviceName,
    isQuery: fetch.operationKind === 'query',
    isEvent,
    variableUsages,
  }
  if (!fetch.requires) {
    const root = {
      key: pathText(path),
      path: compilePath(path),
      written: path,
      rewrite: compileRewrites(schema, fetch.outputRewrites),
    }
    return { ...common, ...operationOf(fetch), root, entities: [] }
  }
  // The name under which the planner hands entities to subgraphs.
  if (variableUsages.includes('representations')) {
    throw new BadUserInput('A variable cannot be called "representations".')
  }
  const selections = [...Map.groupBy(group, selectionKey).values()]
  const operation =
    selections.length === 1
      ? operationOf(fetch)
      : mergeOperations(selections.flatMap(([one]) => one?.fetch ?? []))
  const vague = new Set(
    Object.values(schema.getTypeMap()).flatMap((type) => (isInterfaceType(type) ? [type.name] : [])),
  )
  const entities = operation.fields.map((field, index) => {
    const members = selections[index] ?? []
    return {
      ...field,
      paths: members.map((step) => entityPath(schema, step, steps)),
      vague,
      rewrite: compileRewrites(schema, members[0]?.fetch.outputRewrites),
      isFinal: areFinal(members, steps),
    }
  })
  return { ...common, ...operation, root: undefined, entities }
}

/** Fetches with the same key ask for the same of different places. */
const selectionKey = ({ fetch: { operation, operationName, outputRewrites } }: PlanStep): string =>
  `${operationName ? operation.replace(operationName, '') : operation}\n${JSON.stringify(outputRewrites)}`

function entityPath(schema: GraphQLSchema, step: PlanStep, steps: readonly PlanStep[]): EntityPath {
  const { fetch, path } = step
  return {
    key: pathText(path),
    path: compilePath(path),
    written: path,
    requirement: compileRequires(schema, fetch.requires ?? [], compileRewrites(schema, fetch.inputRewrites)),
    mayShare: mayShare(step, steps),
  }
}
