import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { followSupergraphFile } from '../schema/supergraph-file.ts'
import { createToyState, note, notesToy, peopleToy } from './support/toy-subgraphs.ts'
import { composeToys, createSigner, recordingLog, startWorld, until, type World } from './support/world.ts'

const { verify } = await createSigner()
const toys = [notesToy(createToyState(), verify), peopleToy(createToyState(), verify)]
const sdl = composeToys(toys)
/** The same supergraph as another text. */
const variant = (name: string | number) => `${sdl}\n# ${name}\n`
/** Without `Note.reader`, and without anything for the contract. */
const smaller = composeToys(
  toys.map((toy) => ({
    ...toy,
    typeDefs: toy.typeDefs.replace('reader: Person\n', '').replaceAll('@tag(name: "small")', ''),
  })),
)

describe('a supergraph that is exchanged while it is served', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld('in-process', { contracts: ['small'] })
  })
  afterAll(() => world.close())

  /** Sixteen clients that ask without pause until the work is done; what they were answered. */
  async function underLoad(query: string, work: () => Promise<void>): Promise<string[]> {
    let working = true
    const answers: string[] = []
    const client = async () => {
      while (working) {
        const { status, body } = await world.post(query)
        answers.push(`${status} ${body.errors?.map(({ extensions }) => extensions.code) ?? 'ok'}`)
      }
    }
    const clients = Array.from({ length: 16 }, client)
    await work()
    working = false
    await Promise.all(clients)
    return answers
  }
  /** Resolves when so many more answers have come: each generation serves some. */
  const served = async (count: number) => {
    const goal = world.state.callers.length + count
    await until(() => world.state.callers.length >= goal, 20_000)
  }

  it('answers every request through twenty generations, and through files that cannot be used', async () => {
    const answers = await underLoad('{ note { title reader { name } } }', async () => {
      for (let generation = 1; generation <= 20; generation++) {
        world.router.update(variant(generation))
        await served(10)
        if (generation % 5 === 0) expect(() => world.router.update(`type Query { `)).toThrow('Syntax Error')
      }
    })
    expect(answers.length).toBeGreaterThan(100)
    expect(new Set(answers)).toEqual(new Set(['200 ok']))
  }, 60_000)

  it('refuses what it has no longer as a mistake of the client, never as a fault of its own', async () => {
    const query = '{ note { title reader { name } } }'
    const answers = await underLoad(query, async () => {
      await served(20)
      world.router.update(smaller)
      await until(async () => (await world.post(query)).status === 400)
      world.router.update(variant('back'))
      await served(20)
    })
    expect(new Set(answers)).toEqual(new Set(['200 ok', '400 GRAPHQL_VALIDATION_FAILED']))
    expect(answers.at(-1)).toBe('200 ok')
  }, 30_000)

  it('lets streams go on that began before, also with fields that are gone', async () => {
    const events = world.client().iterate({ query: 'subscription { noteAdded { title reader { name } } }' })
    const next = async (title: string) => {
      const step = events.next()
      await until(() => world.state.openStreams === 1)
      world.state.bus.emit('note', note({ title }))
      return (await step).value
    }
    const event = (title: string) => ({ data: { noteAdded: { title, reader: { name: 'Person p2' } } } })
    expect(await next('before')).toEqual(event('before'))
    world.router.update(smaller)
    expect(await next('after')).toEqual(event('after'))
    await events.return?.()
    world.router.update(variant('after streams'))
  })

  it('is refused when nobody serves a part of it, and the one before stays', async () => {
    const third = toys.map((toy) => (toy.name === 'people' ? toy : { ...toy, name: 'elsewhere' as 'notes' }))
    expect(() => world.router.update(composeToys(third))).toThrow('subgraph "elsewhere" that nobody serves')
    expect((await world.post('{ note { title } }')).body).toEqual({ data: { note: { title: 'hello' } } })
  })

  it('takes its contracts along: they go and come with what is tagged', async () => {
    const ask = async () => (await world.post('{ note { title } }', { path: '/graphql/small' })).status
    expect(await ask()).toBe(200)
    world.router.update(smaller)
    expect(await ask()).toBe(404)
    world.router.update(variant('with contract'))
    expect(await ask()).toBe(200)
  })
})

describe('the file of a supergraph', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'guildhall-supergraph-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('is served anew however it is written, and complained about once when it cannot be used', async () => {
    const file = join(folder, 'supergraph.graphql')
    await writeFile(file, 'first')
    const { log, logged } = recordingLog()
    const got: string[] = []
    const followed = followSupergraphFile({
      file,
      served: 'first',
      watch: true,
      log,
      update(text) {
        if (text.startsWith('bad')) throw new Error('not a supergraph')
        got.push(text)
      },
    })
    await writeFile(file, 'second')
    await until(() => got.length === 1)
    // As editors do it: another file takes the name.
    await writeFile(`${file}.new`, 'third')
    await rename(`${file}.new`, file)
    await until(() => got.length === 2)
    await writeFile(file, 'bad')
    await until(() => logged.length === 3)
    await followed.reload()
    await followed.reload()
    await rm(file)
    await until(() => logged.length === 4)
    await writeFile(file, 'fourth')
    await until(() => got.length === 3)
    followed.stop()
    expect(got).toEqual(['second', 'third', 'fourth'])
    expect(logged.map(({ level, message }) => `${level} ${message}`)).toEqual([
      'info supergraph reloaded',
      'info supergraph reloaded',
      'error the supergraph cannot be used; the one before is served',
      'error the supergraph cannot be used; the one before is served',
      'info supergraph reloaded',
    ])
    expect(logged[2]).toMatchObject({ err: { message: 'not a supergraph' } })
  })
})
