import path from 'node:path'

/** The folder that everything is relative to. */
export const root = path.join(import.meta.dirname, '..', '..')
