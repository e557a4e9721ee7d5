import { fromString, fromUUID, toUUID, typeidUnboxed } from 'typeid-js'
import { BadUserInput } from './errors.ts'

/**
 * A fresh TypeID: `prefix_` + a UUIDv7 in Crockford base32 (https://github.com/jetify-com/typeid).
 * Ids made by one process sort by the time they were made.
 */
export const newId = (prefix: string): string => typeidUnboxed(prefix)

/** The prefix of a TypeID, or null when the text is not a TypeID at all. */
export function prefixOf(id: string): string | null {
  try {
    fromString(id)
    return id.slice(0, id.lastIndexOf('_'))
  } catch {
    return null
  }
}

/** Whether the text is a well-formed id of this prefix. */
export const isId = (prefix: string, id: string): boolean => prefixOf(id) === prefix

/**
 * The native uuid behind an id.
 *
 * @throws BadUserInput when the text is not an id of this prefix: ids come from clients and are not to be trusted.
 */
export function uuidOf(prefix: string, id: string): string {
  if (!isId(prefix, id)) throw new BadUserInput(`This is not an id of the kind "${prefix}_…".`)
  return toUUID(fromString(id))
}

/** The id of a uuid that the database holds. */
export const idOf = (prefix: string, uuid: string): string => fromUUID(uuid, prefix).toString()
