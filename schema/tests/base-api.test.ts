import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { baseApi } from '../compose/base-api.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'base-api-'))
const [first, second, third] = ['type Query { a: Int }', 'type Query { b: Int }', 'type Query { c: Int }']

beforeAll(() => {
  // Inside a git hook these point at the real repository.
  for (const name of ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE']) vi.stubEnv(name, undefined)
  git('init', '--quiet', '--initial-branch', 'main')
  mkdirSync(path.join(folder, 'schema'))
  for (const api of [first, second]) commit(api)
})

afterAll(() => rmSync(folder, { recursive: true }))

it('compares a change that is not committed with main', () => {
  expect(baseApi(third, undefined, folder)).toEqual({ ref: 'main', sdl: second })
})

it('compares the artefact that main holds with the commit before', () => {
  expect(baseApi(second, undefined, folder)).toEqual({ ref: 'main^1', sdl: first })
})

it('compares a branch with main, also when it changes nothing', () => {
  git('switch', '--quiet', '--create', 'topic')
  commit(third)
  expect(baseApi(third, undefined, folder)).toEqual({ ref: 'main', sdl: second })
  expect(baseApi(second, undefined, folder)).toEqual({ ref: 'main', sdl: second })
})

it('compares with what it is told to', () => {
  expect(baseApi(second, 'topic', folder)).toEqual({ ref: 'topic', sdl: third })
})

it('refuses a named base that is not there instead of skipping the check', () => {
  expect(() => baseApi(first, 'no-such-branch', folder)).toThrow(
    'API_BASE names no-such-branch, which is not a commit',
  )
})

it('has nothing to compare with where there is no repository', () => {
  expect(baseApi(first, undefined, path.parse(folder).root)).toEqual({ ref: 'main', sdl: null })
})

function commit(api: string): void {
  writeFileSync(path.join(folder, 'schema/api.graphql'), api)
  git('add', '.')
  git('-c', 'user.name=test', '-c', 'user.email=test@example.org', 'commit', '--quiet', '--message', api)
}

function git(...args: string[]): void {
  execFileSync('git', args, { cwd: folder, stdio: 'ignore' })
}
