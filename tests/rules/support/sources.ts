import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** The root of the repository. */
export const root = path.join(import.meta.dirname, '..', '..', '..')

/** A TypeScript file of ours. */
export interface Source {
  /** From the root, with forward slashes. */
  path: string
  /** Without comments. */
  code: string
}

/** The files that match, but for what is generated and what was installed. */
export const sources = (...patterns: string[]): Source[] =>
  globSync(patterns, { cwd: root, exclude: (name) => /(^|[\\/])(node_modules|generated)$/.test(name) })
    .map((file) => file.replaceAll('\\', '/'))
    .sort()
    .map((file) => ({ path: file, code: withoutComments(readFileSync(path.join(root, file), 'utf8')) }))

/** Every module that the code imports by name, with whether only types come from it. */
export function importsOf(code: string): { module: string; isTypeOnly: boolean }[] {
  const statements = [
    ...code.matchAll(/^(?:import|export)\s+(type\s)?[^;'"`]*?from\s+'([^']+)'|^import\s+'([^']+)'/gm),
  ].map((match) => ({ module: match[2] ?? match[3] ?? '', isTypeOnly: match[1] !== undefined }))
  const dynamic = [...code.matchAll(/\bimport\(\s*'([^']+)'/g)].map((match) => ({
    module: match[1] ?? '',
    isTypeOnly: false,
  }))
  return [...statements, ...dynamic]
}

/** Strings stay, because `'http://…'` is no comment. */
export const withoutComments = (text: string): string =>
  text.replace(
    /('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)|\/\/.*|\/\*[\s\S]*?\*\//g,
    (_, string: string | undefined) => string ?? '',
  )

/** Neither comments nor what stands in quotes. */
export const withoutStrings = (code: string): string =>
  code.replace(/'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g, "''")
