import { newId } from '@guildhall/kit/ids'
import { createWorld } from '@guildhall/kit/testing/world'
import { type ExecutionResult, getNamedType, isCompositeType } from 'graphql'
import { afterAll, expect, it } from 'vitest'
import { type Door, doors, enters, type Knock, knocksOf, matrixOf } from './support/doors.ts'
import { dummyArguments } from './support/dummy-arguments.ts'
import { house } from './support/house.ts'

const world = await createWorld()
afterAll(() => world.close())

/** There are some thousand doors and callers, one after the other. */
const knockingMs = 180_000

const organization = world.organization()
const knocks = knocksOf(world, organization)
const prefixes = new Map(
  house.flatMap(({ contract }) => Object.entries(contract.ids).map(([prefix, type]) => [type, prefix])),
)

/** Plumbing that asks about one object in the caller's name; of one that is not there it says that it is not the caller's. */
const answersUnknownAsForeign: ReadonlySet<string> = new Set([
  'Query.eventAudience',
  'Query.eventAudienceCount',
])

it(
  'refuses whoever stands before the wrong door, and does nothing for them',
  async () => {
    const refused = knocks.filter(({ expected }) => expected !== enters)
    // The clock makes keys where there are none; here they are made before anybody knocks.
    await world.service.run('{ signingKeys }')
    const before = await fingerprint()
    const answers = await knockAll(refused)
    expect(answers).toEqual(Object.fromEntries(refused.map((knock) => [key(knock), knock.expected])))
    expect(await fingerprint(), 'a refused call has written').toEqual(before)
    for (const { domain, backbone } of house) {
      expect(await world.rows(backbone.outbox), `outbox of ${domain}`).toEqual([])
    }
  },
  knockingMs,
)

it(
  'lets in whoever stands before the right door',
  async () => {
    const admitted = knocks.filter(
      ({ door, expected }) => expected === enters && !answersUnknownAsForeign.has(door.coordinate),
    )
    expect(await knockAll(admitted)).toEqual(
      Object.fromEntries(admitted.map((knock) => [key(knock), enters])),
    )
  },
  knockingMs,
)

it('has no door that no built-in or platform role can pass', () => {
  const held = new Set(
    house.flatMap(({ contract }) =>
      Object.entries(contract.permissions).flatMap(([name, { heldBy, heldByPlatform = [] }]) =>
        heldBy.length + heldByPlatform.length > 0 ? [name] : [],
      ),
    ),
  )
  const closed = doors.filter(
    ({ access }) =>
      access.kind === 'scopes' && !access.scopes.some((all) => all.every((scope) => held.has(scope))),
  )
  expect(closed.map(({ coordinate }) => coordinate)).toEqual([])
})

it('is the matrix that was reviewed', async () => {
  await expect(
    matrixOf(knocks),
    'doors have changed: review the diff, then vitest run rules/access -u',
  ).toMatchFileSnapshot('access-matrix.md')
})

const key = ({ door, name }: Knock) => `${door.coordinate} as ${name}`

async function knockAll(some: readonly Knock[]): Promise<Record<string, string>> {
  const answers: Record<string, string> = {}
  for (const knock of some) answers[key(knock)] = await answerTo(knock)
  return answers
}

/** `enters`, or the code that the caller was met with. */
async function answerTo({ door, caller }: Knock): Promise<string> {
  const upstream = world.host.upstreams[door.domain]
  if (!upstream) throw new Error(`${door.domain} does not run`)
  const request = { ...operation(door), context: await world.signer(caller) }
  const { errors = [] } = door.coordinate.startsWith('Subscription.')
    ? await firstOf(upstream.subscribe(request))
    : await upstream.execute(request)
  // What stands behind the door may find fault with the dummies; that is past the door.
  const codes = errors.map(({ extensions }) => String(extensions?.code))
  return codes.find((code) => code !== 'BAD_USER_INPUT') ?? enters
}

function operation({ coordinate, field }: Door): { query: string; variables: Record<string, unknown> } {
  const variables = dummyArguments(field, {
    organizationId: organization.id,
    unknownId: (type) => newId(prefixes.get(type) ?? 'org'),
  })
  const given = field.args.filter(({ name }) => name in variables)
  const declared = given.map(({ name, type }) => `$${name}: ${String(type)}`).join(', ')
  const passed = given.map(({ name }) => `${name}: $${name}`).join(', ')
  const kind = coordinate.slice(0, coordinate.indexOf('.')).toLowerCase()
  const selection = isCompositeType(getNamedType(field.type)) ? ' { __typename }' : ''
  const call = `${field.name}${passed && `(${passed})`}${selection}`
  return { query: `${kind} Knock${declared && `(${declared})`} { ${call} }`, variables }
}

/** A stream that stays silent is one that was opened. */
async function firstOf(stream: AsyncIterableIterator<ExecutionResult>): Promise<ExecutionResult> {
  const silence = new Promise<ExecutionResult>((resolve) => setTimeout(resolve, 300, {}))
  const first = await Promise.race([stream.next().then(({ value }) => value ?? {}), silence])
  await stream.return?.()
  return first
}

/** Table → hash of its rows, for every table of every domain. */
async function fingerprint(): Promise<Record<string, string>> {
  const { sql } = world.host.database
  const tables = await sql`
    select table_schema || '.' || table_name as name from information_schema.tables
    where table_schema = any(${house.map(({ domain }) => domain)}) order by 1`
  const hashes: Record<string, string> = {}
  for (const { name } of tables) {
    const [row] = await sql`select md5(string_agg(t::text, '' order by t::text)) as hash from ${sql(name)} t`
    hashes[name] = String(row?.hash)
  }
  return hashes
}
