import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { GraphQLResolverMap } from '@apollo/subgraph'
import { buildSubgraphSchema } from '@apollo/subgraph'
import type { PgSchema } from 'drizzle-orm/pg-core'
import { type DocumentNode, type GraphQLSchema, parse } from 'graphql'
import { guardRootFields } from './access.ts'
import type { BackgroundWork } from './background-work.ts'
import type { Context } from './context.ts'
import type { Contract } from './contract.ts'
import { conventionProblems } from './conventions.ts'
import type { Reaction } from './events/envelope.ts'
import { backboneRetention } from './events/retention.ts'
import type { BackboneTables } from './events/tables.ts'
import { withListSizes } from './list-sizes.ts'
import { mailPlace } from './mail/queue.ts'
import { mailRetention } from './mail/retention.ts'
import type { MailTable } from './mail/tables.ts'
import { mergeResolvers } from './merge-resolvers.ts'
import { operatingResolvers } from './operating/resolvers.ts'
import { type Privacy, privacyResolvers } from './privacy.ts'
import { resealSchedule, type SealedColumn, sealedColumn } from './reseal.ts'
import { scalarResolvers } from './scalars.ts'
import { ownSdl } from './sdl.ts'

/** Work that a domain does by the clock; harmless when several replicas do it at once. */
export interface Schedule {
  name: string
  everySeconds: number
  run(ctx: Context): Promise<void>
}

/** What a domain hands in; see the anatomy in `docs/anatomy.md`. */
export interface SubgraphDeclaration<Loaders> {
  /** `import.meta.dirname` of the domain's folder. */
  folder: string
  contract: Contract<never> | Contract
  /** `pgSchema('<domain>')` and the backbone tables in it. */
  schema: PgSchema
  backbone: BackboneTables
  resolvers: object
  loaders: (ctx: Context) => Loaders
  reactions?: readonly Reaction[]
  /** What it knows of people; demanded of every domain whose tables name any. */
  privacy?: Privacy
  schedules?: readonly Schedule[]
  /** What it does as soon as its tables say that something is due. */
  work?: readonly BackgroundWork[]
  /** Columns with sealed values: they are brought under a new secret of the house in the background. */
  sealed?: readonly SealedColumn[]
  /** Mails that wait to be sent, see `queueMail`. */
  mail?: MailTable
}

/** A domain, ready to be served in one process, over HTTP, or in a test. Not a server. */
export interface SubgraphDefinition {
  domain: string
  folder: string
  contract: Contract
  /** The whole SDL: common part, subject stubs where asked for, and the domain's own. */
  typeDefs: DocumentNode
  graphqlSchema: GraphQLSchema
  backbone: BackboneTables
  makeLoaders: (ctx: Context) => unknown
  reactions: readonly Reaction[]
  schedules: readonly Schedule[]
  work: readonly BackgroundWork[]
  mail: MailTable | null
}

const schemaFolder = path.join(import.meta.dirname, '..', 'schema')

/** A domain's own SDL may ask for stubs of every entity in the house with this line. */
const subjectsMarker = '# @subjects'

/**
 * Declares a domain.
 *
 * @throws Error listing every broken convention with what to mend: failing at boot replaces a page of rules.
 */
export function defineSubgraph<Loaders>(declaration: SubgraphDeclaration<Loaders>): SubgraphDefinition {
  const contract = declaration.contract as Contract
  const own = ownSdl(declaration.folder)
  const typeDefs = withListSizes(parse(assembleSdl(own, contract)))
  const resolvers = mergeResolvers(
    scalarResolvers,
    privacyResolvers(declaration.privacy),
    operatingResolvers({ backbone: declaration.backbone, reactions: declaration.reactions ?? [] }),
    declaration.resolvers,
  ) as GraphQLResolverMap<Context>
  const definition: SubgraphDefinition = {
    domain: contract.domain,
    folder: declaration.folder,
    contract,
    typeDefs,
    graphqlSchema: isolateReferences(guardRootFields(buildSubgraphSchema([{ typeDefs, resolvers }]))),
    backbone: declaration.backbone,
    makeLoaders: declaration.loaders,
    reactions: declaration.reactions ?? [],
    schedules: [...(declaration.schedules ?? []), ...ownSchedules(contract.domain, declaration)],
    work: declaration.work ?? [],
    mail: declaration.mail ?? null,
  }
  const problems = conventionProblems(definition, declaration)
  if (problems.length > 0) {
    throw new Error(`subgraphs/${contract.domain} breaks conventions:\n- ${problems.join('\n- ')}`)
  }
  return definition
}

/** What the kit does by the clock for what was declared. */
function ownSchedules(
  domain: string,
  { backbone, sealed = [], mail }: Pick<SubgraphDeclaration<unknown>, 'backbone' | 'sealed' | 'mail'>,
): Schedule[] {
  const retention = backboneRetention(backbone)
  if (!mail) return [retention, ...resealSchedule(sealed)]
  const waiting = sealedColumn({ table: mail, column: 'sealed', place: (row) => mailPlace(domain, row) })
  return [retention, mailRetention(mail), ...resealSchedule([...sealed, waiting])]
}

/** Reference resolvers that throw fail their own entity, not all that were asked for together with it. */
function isolateReferences(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    const subgraph = (
      type.extensions.apollo as { subgraph?: { resolveReference?: ReferenceResolver } } | undefined
    )?.subgraph
    const resolve = subgraph?.resolveReference
    if (resolve) subgraph.resolveReference = async (...args) => resolve(...args)
  }
  return schema
}

type ReferenceResolver = (...args: unknown[]) => unknown

/** The SDL that is served and composed: shared part + stubs of other domains' entities if wanted + the domain's own. */
export function assembleSdl(own: string, contract: Contract): string {
  const common = readFileSync(path.join(schemaFolder, 'common.graphql'), 'utf8')
  const parts = [common]
  if (own.includes(subjectsMarker)) parts.push(subjectStubs(own, contract))
  return [...parts, own].join('\n')
}

/** Stubs of `schema/subjects.graphql` but for the types that the domain itself defines. */
function subjectStubs(own: string, contract: Contract): string {
  const stubs = readFileSync(path.join(schemaFolder, 'subjects.graphql'), 'utf8')
  const ownTypes = new Set([
    ...Object.values(contract.ids),
    ...[...own.matchAll(/^(?:extend )?type (\w+)/gm)].map((match) => match[1]),
  ])
  return stubs
    .split(/\n(?=""")/)
    .filter((stub) => !ownTypes.has(stub.match(/type (\w+)/)?.[1] ?? ''))
    .join('\n')
}
