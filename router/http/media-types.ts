import { createLru } from '../lru.ts'

/** How an answer is written, as GraphQL over HTTP has it. */
export interface AnswerType {
  contentType: string
  /**
   * The client has asked for `application/json` and not merely anything. Such clients read the status as one of HTTP
   * alone: what is wrong with an operation is a 200 with errors.
   */
  isPlainJson: boolean
}

export const json: AnswerType = { contentType: 'application/json; charset=utf-8', isPlainJson: false }
const askedJson: AnswerType = { ...json, isPlainJson: true }
const graphql: AnswerType = {
  contentType: 'application/graphql-response+json; charset=utf-8',
  isPlainJson: false,
}

/** Clients of one kind send the same text. */
const known = createLru<string, { type: AnswerType | undefined }>(200)
const maxRememberedLength = 300

/** The best answer for an `Accept` header; undefined when it takes none that we have. */
export function answerType(accept: string | undefined): AnswerType | undefined {
  if (accept === undefined || accept === '*/*') return json
  const found = known.get(accept)
  if (found) return found.type
  const type = choose(accept)
  if (accept.length <= maxRememberedLength) known.set(accept, { type })
  return type
}

const answers: Readonly<Record<string, { type: AnswerType; specificity: number }>> = {
  'application/graphql-response+json': { type: graphql, specificity: 2 },
  'application/json': { type: askedJson, specificity: 2 },
  'application/*': { type: json, specificity: 1 },
  '*/*': { type: json, specificity: 0 },
}

/** The highest weight wins, then what was named more exactly, then what was named first. */
function choose(accept: string): AnswerType | undefined {
  const offers = accept.split(',').flatMap((range) => {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2)
    const answer = Object.hasOwn(answers, name) ? answers[name] : undefined
    const quality = weight === undefined ? 1 : Number(weight)
    return answer && quality > 0 ? [{ ...answer, quality }] : []
  })
  offers.sort((one, other) => other.quality - one.quality || other.specificity - one.specificity)
  return offers[0]?.type
}
