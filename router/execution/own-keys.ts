/** An object as subgraphs send it and clients get it. */
export type Data = Record<string, unknown>

/**
 * Response names are the client's choice, and `constructor` or `__proto__` are valid aliases: reading them finds what
 * every object inherits, writing them may replace the prototype. Names that are known to be safe take the plain way.
 */
export const isInherited = (key: string): boolean => key in Object.prototype

/** Reads a key that may be inherited. */
export const readOwn = (from: Data, key: string): unknown =>
  Object.hasOwn(from, key) ? from[key] : undefined

/** Writes a key that may be inherited. */
export function writeOwn(to: Data, key: string, value: unknown): void {
  Object.defineProperty(to, key, { value, configurable: true, enumerable: true, writable: true })
}

export const isData = (value: unknown): value is Data =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
