import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Contract } from './contract.ts'
import type { SubgraphDefinition } from './define-subgraph.ts'

const subgraphsFolder = path.join(import.meta.dirname, '..', 'subgraphs')

/** Every domain: the folders that hold a `subgraph.ts`. There is no other registry. */
export const domainNames = (): string[] =>
  readdirSync(subgraphsFolder)
    .filter((name) => existsSync(path.join(subgraphsFolder, name, 'subgraph.ts')))
    .sort()

/** The folder of a domain. */
export const domainFolder = (domain: string): string => path.join(subgraphsFolder, domain)

/** The contracts of all domains, also of those that run elsewhere. */
export const loadContracts = (): Promise<Contract[]> =>
  Promise.all(domainNames().map((domain) => load<Contract>(domain, 'contract.ts')))

/** The definitions of the named domains, or of all. @throws Error naming what does not exist. */
export async function loadDefinitions(
  names: readonly string[] = domainNames(),
): Promise<SubgraphDefinition[]> {
  const known = new Set(domainNames())
  const unknown = names.filter((name) => !known.has(name))
  if (unknown.length > 0)
    throw new Error(`no such subgraph: ${unknown.join(', ')}; there are ${[...known].join(', ')}`)
  return Promise.all(names.map((domain) => load<SubgraphDefinition>(domain, 'subgraph.ts')))
}

async function load<T>(domain: string, file: string): Promise<T> {
  const module: { default: T } = await import(pathToFileURL(path.join(subgraphsFolder, domain, file)).href)
  return module.default
}
