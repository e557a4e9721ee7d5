import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { GuildGateway } from '@guildhall/router/schema/gateway'
import { describe, expect, it, vi } from 'vitest'
import { root, sources } from './support/sources.ts'

describe('there is one copy', () => {
  it.each(['graphql', '@apollo/federation-internals', '@apollo/subgraph', 'drizzle-orm', 'zod'])(
    'of %s',
    (name) => {
      expect(copiesOf(name), `dedupe ${name}: objects of one copy are strangers to the other`).toEqual([
        `node_modules/${name}`,
      ])
    },
  )
})

it("the gateway's own telemetry is off, whatever the environment says", () => {
  vi.stubEnv('APOLLO_TELEMETRY_DISABLED', undefined)
  const silent = () => {}
  const gateway = GuildGateway.create({
    supergraphSdl: readFileSync(path.join(root, 'schema/supergraph.graphql'), 'utf8'),
    isServed: () => true,
    logger: { debug: silent, info: silent, warn: silent, error: silent },
  })
  // What the gateway would have to shut down: its metrics exporter, if it had made one.
  expect((gateway as unknown as { toDispose: unknown }).toDispose).toEqual([])
  const makers = sources('router/**/*.ts', 'scripts/**/*.ts')
    .filter(({ code }) => /new ApolloGateway\b|extends ApolloGateway\b/.test(code))
    .map(({ path: file }) => file)
  expect(makers, 'make gateways with GuildGateway.create, which turns telemetry off').toEqual([
    'router/schema/gateway.ts',
  ])
})

/** Where a package is installed, nested installations included. */
function copiesOf(name: string, folder = 'node_modules'): string[] {
  const full = path.join(root, folder)
  const nested = packagesIn(full).map((one) => path.posix.join(folder, one, 'node_modules'))
  const workspaces = ['kit', 'router', 'schema', 'tests', ...subgraphs()].map((one) => `${one}/node_modules`)
  const own = existsSync(path.join(full, name, 'package.json')) ? [`${folder}/${name}`] : []
  const below = folder === 'node_modules' ? [...nested, ...workspaces] : nested
  return [...own, ...below.flatMap((one) => (existsSync(path.join(root, one)) ? copiesOf(name, one) : []))]
}

const subgraphs = (): string[] => readdirSync(path.join(root, 'subgraphs')).map((name) => `subgraphs/${name}`)

/** Links to our own workspaces are left out, or the walk would not end. */
const packagesIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .flatMap(({ name }) =>
      name.startsWith('@')
        ? readdirSync(path.join(folder, name), { withFileTypes: true })
            .filter((entry) => entry.isDirectory())
            .map((entry) => `${name}/${entry.name}`)
        : [name],
    )
