import {
  buildSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql'

/** Coordinates of everything in a schema that has no description. */
export function undescribed(sdl: string): string[] {
  const types = Object.values(buildSchema(sdl).getTypeMap()).filter(
    (type) => !type.name.startsWith('__') && !isSpecifiedScalarType(type),
  )
  return types.flatMap((type) => {
    const missing = type.description ? [] : [type.name]
    if (isEnumType(type)) missing.push(...bare(type.name, type.getValues()))
    if (isInputObjectType(type)) missing.push(...bare(type.name, Object.values(type.getFields())))
    if (isObjectType(type) || isInterfaceType(type)) {
      const fields = Object.values(type.getFields())
      missing.push(...bare(type.name, fields))
      for (const field of fields) {
        missing.push(...bare(`${type.name}.${field.name}`, field.args, (name) => `(${name}:)`))
      }
    }
    return missing
  })
}

interface Described {
  name: string
  description?: string | null | undefined
}

const bare = (of: string, elements: readonly Described[], suffix = (name: string) => `.${name}`): string[] =>
  elements.filter((element) => !element.description).map(({ name }) => `${of}${suffix(name)}`)
