import { GraphQLError, type ValidationRule } from 'graphql'

/** Validation rule where strangers shall not read the schema: refuses `__schema` and `__type`. */
export const noIntrospection: ValidationRule = (context) => ({
  Field(node) {
    if (node.name.value !== '__schema' && node.name.value !== '__type') return
    context.reportError(
      new GraphQLError('The schema cannot be asked for here.', {
        nodes: [node],
        extensions: { code: 'INTROSPECTION_DISABLED' },
      }),
    )
  },
})
