import type { CallerSigner } from './caller.ts'
import { ServiceUnavailable } from './errors.ts'
import type { SubgraphUpstream } from './upstream.ts'

/** Other domains, asked through their own GraphQL API and never through their tables. */
export interface Peers {
  /**
   * Runs an operation in another domain.
   *
   * @param as the context token of the caller on whose behalf we ask; without it we ask as this service.
   * @throws ServiceUnavailable when the domain is away or answers with an error.
   */
  ask<Data>(domain: string, query: string, variables: Record<string, unknown>, as?: string): Promise<Data>
  /** One entity by id through its reference resolver; null when it does not exist or `as` may not see it. */
  entity<Entity>(
    domain: string,
    typename: string,
    id: string,
    selection: string,
    as?: string,
  ): Promise<Entity | null>
  /** The same as part of an operation: its request id and trace go along. */
  within?(headers: Readonly<Record<string, string>>): Peers
}

/** Peers over whatever transport the process uses. */
export function createPeers(
  service: string,
  upstreams: () => Readonly<Record<string, SubgraphUpstream>>,
  sign: CallerSigner,
  headers?: Readonly<Record<string, string>>,
): Peers {
  const ask: Peers['ask'] = async <Data>(
    domain: string,
    query: string,
    variables: Record<string, unknown>,
    as?: string,
  ) => {
    const upstream = upstreams()[domain]
    if (!upstream) throw new ServiceUnavailable(undefined, new Error(`no upstream for domain ${domain}`))
    const context = as ?? (await sign({ kind: 'service', service }))
    const { data, errors } = await upstream.execute({ query, variables, context, headers })
    if (errors?.length || !data) throw new ServiceUnavailable(undefined, errors?.[0] ?? new Error('no data'))
    return data as Data
  }
  return {
    ask,
    within: (own) => createPeers(service, upstreams, sign, own),
    entity: async (domain, typename, id, selection, as) => {
      const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on ${typename} { ${selection} } } }`
      const data = await ask<{ _entities: [never] }>(
        domain,
        query,
        { representations: [{ __typename: typename, id }] },
        as,
      )
      return data._entities[0] ?? null
    },
  }
}
