import { customType, integer, timestamp } from 'drizzle-orm/pg-core'
import { idOf, uuidOf } from './ids.ts'

/** A TypeID outside, a native `uuid` inside. Writing an id of another prefix throws {@link BadUserInput}. */
export const typeId = (prefix: string) => {
  // Row after row points to the same organization.
  let last = { uuid: '', id: '' }
  return customType<{ data: string; driverData: string }>({
    dataType: () => 'uuid',
    toDriver: (id) => uuidOf(prefix, id),
    fromDriver: (uuid) => {
      if (uuid !== last.uuid) last = { uuid, id: idOf(prefix, uuid) }
      return last.id
    },
  })()
}

/** A point in time. Milliseconds, because that is what JavaScript and our cursors can hold without loss. */
export const instant = () => timestamp({ withTimezone: true, mode: 'date', precision: 3 })

/** The primary key of an entity. */
export const identified = (prefix: string) => ({ id: typeId(prefix).primaryKey().notNull() })

/** Every row knows when it was made and last changed; commands write both from `ctx.now()`. */
export const timestamps = { createdAt: instant().notNull(), updatedAt: instant().notNull() }

/** Optimistic locking: each change adds one; updates may demand the version they have seen. */
export const versioned = { version: integer().notNull().default(1) }
