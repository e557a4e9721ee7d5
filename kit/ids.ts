import { typeidUnboxed } from 'typeid-js'
import { BadUserInput } from './errors.ts'
import { base32OfUuid, uuidOfBase32 } from './uuid-base32.ts'

/**
 * A fresh TypeID: `prefix_` + a UUIDv7 in Crockford base32 (https://github.com/jetify-com/typeid).
 * Ids made by one process sort by the time they were made.
 */
export const newId = (prefix: string): string => typeidUnboxed(prefix)

/** Small letters and underscores within, then 130 bits of which the first two are zero. */
const typeIdShape = /^([a-z](?:[a-z_]{0,61}[a-z])?)_[0-7][0-9a-hjkmnp-tv-z]{25}$/

/** The prefix of a TypeID, or null when the text is not a TypeID at all. */
export const prefixOf = (id: string): string | null => typeIdShape.exec(id)?.[1] ?? null

/** Whether the text is a well-formed id of this prefix. */
export const isId = (prefix: string, id: string): boolean =>
  id.length === prefix.length + 27 && id.startsWith(prefix) && prefixOf(id) === prefix

/**
 * The native uuid behind an id.
 *
 * @throws BadUserInput when the text is not an id of this prefix: ids come from clients and are not to be trusted.
 */
export function uuidOf(prefix: string, id: string): string {
  if (!isId(prefix, id)) throw new BadUserInput(`This is not an id of the kind "${prefix}_…".`)
  return uuidOfBase32(id.slice(prefix.length + 1))
}

/** The id of a uuid that the database holds. */
export const idOf = (prefix: string, uuid: string): string => `${prefix}_${base32OfUuid(uuid)}`
