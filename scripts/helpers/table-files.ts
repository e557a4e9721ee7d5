import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** The root of this checkout. */
export const checkout = join(import.meta.dirname, '..', '..')

export const migrationsFolder = join(checkout, 'drizzle')

/** Domain → the file that declares its tables; `bus` is the transport's own schema. Found by looking. */
export function tableFiles(): Map<string, string> {
  const subgraphs = join(checkout, 'subgraphs')
  const folders = [
    ...readdirSync(subgraphs).map((domain) => ({ domain, folder: join(subgraphs, domain) })),
    { domain: 'bus', folder: join(checkout, 'kit', 'bus') },
  ]
  return new Map(
    folders.flatMap(({ domain, folder }) => {
      const file = [join(folder, 'tables.ts'), join(folder, 'tables', 'index.ts')].find(existsSync)
      return file ? [[domain, file] as const] : []
    }),
  )
}
