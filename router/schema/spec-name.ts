import { getAllDirectiveValues } from '@guildhall/kit/directives'
import type { GraphQLSchema } from 'graphql'

/** What a supergraph calls the directive of a specification: `@link(url: "…/tag/v0.3", as: "label")` renames it. */
export function specName({ astNode, extensionASTNodes }: GraphQLSchema, spec: string): string {
  const links = getAllDirectiveValues([astNode, ...extensionASTNodes], 'link')
  const link = links.find(({ url }) => new RegExp(`/${spec}/v[0-9.]+$`).test(String(url)))
  return typeof link?.as === 'string' ? link.as : spec
}
