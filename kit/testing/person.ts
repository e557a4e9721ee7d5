import { type ExecutionResult, parse } from 'graphql'
import type { Caller, CallerSigner } from '../caller.ts'
import { isRetryable } from '../errors.ts'
import type { Host } from '../host.ts'
import { ownerOfRootField } from './root-field-owner.ts'

/** An entry of `userErrors` as {@link Person.mutate} selects it. */
export interface SeenError {
  __typename: string
  code: string
  message: string
  path: string[]
}

/** Somebody who calls the API: with a signed context, as the router would forward it. */
export interface Person {
  /** Empty for callers that are nobody. */
  userId: string
  caller: Caller
  /** Runs an operation in the subgraph that owns its first root field. */
  run<Data = Record<string, never>>(document: string, variables?: object): Promise<Answer<Data>>
  /** Runs a mutation with its one `input` and gives its payload; throws when the answer holds a thrown error. */
  mutate<Payload = Record<string, never>>(
    mutation: string,
    input: object,
    selection: string,
  ): Promise<Payload & { userErrors: SeenError[] }>
  /** One entity through a subgraph's reference resolver, as the router would fetch it. */
  entity<Entity = Record<string, never>>(
    domain: string,
    typename: string,
    id: string,
    selection: string,
  ): Promise<Entity | null>
  /** Opens a subscription in the subgraph that owns it. */
  subscribe(document: string, variables?: object): AsyncIterableIterator<ExecutionResult>
}

export interface Answer<Data> {
  data: Data
  errors: { code: string; message: string; path: readonly (string | number)[] }[]
}

const triesMax = 20

/** What clients are told: what may be sent again is sent again, with the same key. */
const mayAskAgain = (errors: Answer<unknown>['errors']): boolean =>
  errors.length > 0 && errors.every(({ code }) => isRetryable(code))

/** Somebody who calls the domains of a host with contexts that `signer` signs. */
export function createPerson(host: Host, signer: CallerSigner, caller: Caller): Person {
  const owner = (document: string) => ownerOfRootField(host, parse(document))
  const run: Person['run'] = async <Data>(query: string, variables = {}) => {
    const result = await owner(query).execute({
      query,
      variables: { ...variables },
      context: await signer(caller),
    })
    return answerOf<Data>(result)
  }
  return {
    userId: caller.kind === 'user' ? caller.userId : '',
    caller,
    run,
    async mutate<Payload>(mutation: string, input: object, selection: string) {
      const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input!`
      const ask = () =>
        run<Record<string, Payload & { userErrors: SeenError[] }>>(
          `mutation ($input: ${type}) { ${mutation}(input: $input) { ${selection} userErrors { __typename code message path } } }`,
          { input },
        )
      let { data, errors } = await ask()
      for (let again = 0; again < triesMax && 'idempotencyKey' in input && mayAskAgain(errors); again++) {
        ;({ data, errors } = await ask())
      }
      const payload = data?.[mutation]
      if (errors.length > 0 || !payload) throw new Error(`${mutation}: ${JSON.stringify(errors)}`)
      return payload
    },
    async entity<Entity>(domain: string, typename: string, id: string, selection: string) {
      const upstream = host.upstreams[domain]
      if (!upstream) throw new Error(`no domain ${domain}`)
      const result = await upstream.execute({
        query: `query ($r: [_Any!]!) { _entities(representations: $r) { ... on ${typename} { ${selection} } } }`,
        variables: { r: [{ __typename: typename, id }] },
        context: await signer(caller),
      })
      return answerOf<{ _entities: (Entity | null)[] }>(result).data?._entities[0] ?? null
    },
    subscribe: (query, variables = {}) => {
      const opening = signer(caller).then((context) =>
        owner(query).subscribe({ query, variables: { ...variables }, context }),
      )
      return {
        [Symbol.asyncIterator]() {
          return this
        },
        next: async () => (await opening).next(),
        return: async () => (await opening).return?.() ?? { done: true, value: undefined },
      }
    },
  }
}

/** Plain JSON, as a client would have it after the wire. */
function answerOf<Data>(result: ExecutionResult): Answer<Data> {
  return JSON.parse(
    JSON.stringify({
      data: result.data ?? null,
      errors: (result.errors ?? []).map((error) => ({
        code: error.extensions.code,
        message: error.message,
        path: error.path ?? [],
      })),
    }),
  )
}
