// Writes each subgraph's `generated/graphql.ts`: resolver types from its SDL, with row types as mappers.
// Convention instead of a list: `export type EventRow` in tables.ts is what resolvers of the type `Event` are given.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { codegen } from '@graphql-codegen/core'
import * as typescript from '@graphql-codegen/typescript'
import * as resolvers from '@graphql-codegen/typescript-resolvers'
import { assembleSdl } from '@guildhall/kit/define-subgraph'
import { domainFolder, domainNames, loadContracts } from '@guildhall/kit/discover'
import { ownSdl } from '@guildhall/kit/sdl'
import { parse } from 'graphql'

const contracts = new Map((await loadContracts()).map((contract) => [contract.domain, contract]))

for (const domain of domainNames()) {
  const contract = contracts.get(domain)
  if (!contract) continue
  const folder = domainFolder(domain)
  const own = ownSdl(folder)
  const target = path.join(folder, 'generated', 'graphql.ts')
  const output = await codegen({
    filename: target,
    schema: parse(assembleSdl(own, contract)),
    documents: [],
    plugins: [
      {
        typescript: {
          enumsAsTypes: true,
          defaultScalarType: 'unknown',
          avoidOptionals: { defaultValue: true },
        },
      },
      {
        resolvers: {
          federation: true,
          contextType: '../loaders.ts#Ctx',
          mappers: { UserError: '@guildhall/kit/outcome#Failure', ...rowMappers(folder, own) },
          resolversNonOptionalTypename: false,
          makeResolverTypeCallable: true,
        },
      },
    ],
    pluginMap: { typescript, resolvers },
    config: {
      useTypeImports: true,
      skipTypename: true,
      scalars: {
        ID: 'string',
        DateTime: { input: 'Date', output: 'Date' },
        Decimal: { input: 'string', output: 'string' },
        CurrencyCode: { input: 'string', output: 'string' },
      },
    },
  })
  mkdirSync(path.dirname(target), { recursive: true })
  writeFileSync(target, output)
}

/** GraphQL type → row type, for every `export type <Type>Row` in the domain's tables. */
function rowMappers(folder: string, sdl: string): Record<string, string> {
  const types = new Set([...sdl.matchAll(/^(?:type|interface) (\w+)/gm)].map((match) => match[1]))
  const rows = tableFiles(folder).flatMap(([file, text]) =>
    [...text.matchAll(/^export (?:type|interface) (\w+)Row\b/gm)].map(
      (match) => [match[1] ?? '', file] as const,
    ),
  )
  return Object.fromEntries(
    rows.filter(([type]) => types.has(type)).map(([type, file]) => [type, `../${file}#${type}Row`]),
  )
}

function tableFiles(folder: string): [file: string, text: string][] {
  const areas = path.join(folder, 'tables')
  const names = existsSync(areas) ? readdirSync(areas).map((name) => `tables/${name}`) : []
  return ['tables.ts', ...names].map((name) => [name, readFileSync(path.join(folder, name), 'utf8')])
}
