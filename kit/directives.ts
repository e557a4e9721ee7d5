import { type ConstDirectiveNode, valueFromASTUntyped } from 'graphql'

type Directed = { readonly directives?: readonly ConstDirectiveNode[] | undefined } | null | undefined

/** The arguments of a directive on an SDL node; `{}` when it has none, null when the directive is not there. */
export const getDirectiveValues = (node: Directed, name: string): Record<string, unknown> | null =>
  getAllDirectiveValues([node], name)[0] ?? null

/** The arguments of each use of a repeatable directive, also of those on extensions of a type. */
export const getAllDirectiveValues = (nodes: readonly Directed[], name: string): Record<string, unknown>[] =>
  nodes
    .flatMap((node) => node?.directives ?? [])
    .filter((directive) => directive.name.value === name)
    .map((directive) =>
      Object.fromEntries(
        (directive.arguments ?? []).map((argument) => [
          argument.name.value,
          valueFromASTUntyped(argument.value),
        ]),
      ),
    )
