import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import { startTestCluster } from '../postgres/test-cluster.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of the migrated template database: `cloneDatabase(inject('guildhallTemplate'))` gives a test its own. */
    guildhallTemplate: string
  }
}

/** Vitest's global setup: one database server per run, embedded unless DATABASE_URL names another. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const migrations = fileURLToPath(new URL('../../drizzle', import.meta.url))
  const cluster = await startTestCluster({ migrations, databaseUrl: process.env.DATABASE_URL })
  project.provide('guildhallTemplate', cluster.templateUrl)
  return () => cluster.stop()
}
