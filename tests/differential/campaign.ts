import { seededRandom } from '@guildhall/kit/testing/seeded-random'
import { type ExecutionResult, execute, type GraphQLSchema, parse } from 'graphql'
import { difference, errorsBeside } from './compare.ts'
import type { Contender } from './contenders.ts'
import { type RandomOperation, randomOperation } from './random-operation.ts'
import { shrink } from './shrink.ts'

export interface CampaignResult {
  cases: number
  /** Cases with something to compare: data that is not null, and errors. */
  withData: number
  withErrors: number
  /** What is wrong with the contender's answers, each with the smallest operation that shows it. */
  differences: string[]
  /** How many operations were refused: the gate counts pairs of fields that have to agree, and cannot be told not to. */
  refused: number
  /** How many answers had errors of fields that they do not have. */
  beside: number
}

export interface CampaignOptions {
  /** The same seed gives the same queries. */
  seed: number
  cases: number
  /** Ends after as many differences. */
  most?: number
}

/** Asks the merged schema and the contender the same random queries. */
export async function campaign(
  merged: GraphQLSchema,
  contender: Contender,
  { seed, cases, most = 5 }: CampaignOptions,
): Promise<CampaignResult> {
  const random = seededRandom(seed)
  const result: CampaignResult = {
    cases: 0,
    withData: 0,
    withErrors: 0,
    differences: [],
    refused: 0,
    beside: 0,
  }
  const judge = async (operation: RandomOperation) => {
    const expected = await answerOf(merged, operation)
    const answer = await contender.answer(operation)
    const isRefused = answer.errors?.[0]?.extensions?.code === 'MAX_FIELDS_LIMIT'
    const differs = isRefused ? null : difference(expected, answer)
    return { expected, isRefused, isBeside: errorsBeside(answer) > 0, differs }
  }
  while (result.cases < cases && result.differences.length < most) {
    const operation = randomOperation(merged, random)
    const { expected, isRefused, isBeside, differs } = await judge(operation)
    result.cases++
    if (expected.data) result.withData++
    if (expected.errors) result.withErrors++
    if (isRefused) result.refused++
    if (isBeside) result.beside++
    if (!differs) continue
    const smallest = await shrink(
      merged,
      operation,
      async (smaller) => (await judge(smaller)).differs !== null,
    )
    result.differences.push(report(result.cases, smallest, (await judge(smallest)).differs ?? differs))
  }
  return result
}

async function answerOf(schema: GraphQLSchema, operation: RandomOperation): Promise<ExecutionResult> {
  const { query, variables, operationName } = operation
  return execute({
    schema,
    document: parse(query),
    variableValues: variables,
    ...(operationName ? { operationName } : {}),
  })
}

const report = (number: number, { query, variables }: RandomOperation, differs: string): string =>
  `case ${number}: ${differs}\n${query}\nvariables ${JSON.stringify(variables)}`
