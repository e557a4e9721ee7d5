import { BadUserInput } from '@guildhall/kit/errors'
import {
  type DirectiveNode,
  type DocumentNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  visit,
} from 'graphql'

/** Variable → value, for the variables that decide what of an operation is run and shown. */
export type ConditionValues = ReadonlyMap<string, boolean>

/** A variable of `@skip` or `@include`, and what it is when the client does not say. */
export interface ConditionVariable {
  name: string
  initial: boolean | undefined
}

/** The variables on which the plan and the shape of an answer depend. */
export function conditionVariables(
  document: DocumentNode,
  operation: OperationDefinitionNode,
): ConditionVariable[] {
  const names = new Set<string>()
  for (const definition of document.definitions) {
    // Other operations of the document have variables of their own.
    if (definition !== operation && definition.kind !== Kind.FRAGMENT_DEFINITION) continue
    visit(definition, {
      Directive({ name, arguments: given }) {
        if (name.value !== 'skip' && name.value !== 'include') return
        for (const { value } of given ?? []) if (value.kind === Kind.VARIABLE) names.add(value.name.value)
      },
    })
  }
  return (operation.variableDefinitions ?? [])
    .filter(({ variable }) => names.has(variable.name.value))
    .map(({ variable, defaultValue }) => ({
      name: variable.name.value,
      initial: defaultValue?.kind === Kind.BOOLEAN ? defaultValue.value : undefined,
    }))
}

/**
 * The values of a request.
 *
 * @throws BadUserInput for `null`, which a nullable variable with a default may be although `if` takes no null.
 */
export function conditionValues(
  conditions: readonly ConditionVariable[],
  variables: Readonly<Record<string, unknown>>,
): Map<string, boolean> {
  const values = new Map<string, boolean>()
  for (const { name, initial } of conditions) {
    const sent = Object.hasOwn(variables, name) ? variables[name] : undefined
    const value = sent === undefined ? initial : sent
    if (typeof value !== 'boolean') throw new BadUserInput(`The variable "$${name}" must be true or false.`)
    values.set(name, value)
  }
  return values
}

/** Whether `@skip` and `@include` let a selection through. */
export function isIncluded({ directives }: SelectionNode, values: ConditionValues): boolean {
  for (const directive of directives ?? []) {
    if (directive.name.value === 'skip' && conditionOf(directive, values)) return false
    if (directive.name.value === 'include' && !conditionOf(directive, values)) return false
  }
  return true
}

function conditionOf({ arguments: given }: DirectiveNode, values: ConditionValues): boolean {
  const value = given?.[0]?.value
  if (value?.kind === Kind.VARIABLE) return values.get(value.name.value) === true
  return value?.kind === Kind.BOOLEAN && value.value
}
