import path from 'node:path'
import { defineConfig } from 'vitest/config'

/** How every workspace runs its tests: `export { default } from '../vitest.shared.ts'` in its vitest.config.ts. */
export default defineConfig({
  // graphql ships an ESM and a CommonJS copy, and refuses to work with both: Apollo's packages load this one.
  resolve: {
    alias: [
      { find: /^graphql$/, replacement: path.join(import.meta.dirname, 'node_modules/graphql/index.js') },
    ],
  },
  test: {
    include: ['**/*.test.ts'],
    globalSetup: [path.join(import.meta.dirname, 'kit/testing/global-setup.ts')],
    // A process per worker: native modules and sockets of one test file cannot disturb another.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
    reporters: ['default', 'json'],
    // Summed by .ci/run; relative to the workspace.
    outputFile: { json: '.turbo/vitest.json' },
  },
})
