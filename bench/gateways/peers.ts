import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** Where the peers are installed: beside the workspaces, so that none of them becomes a dependency of ours. */
export const peersFolder = path.join(import.meta.dirname, '../.peers')

const manifest = `${JSON.stringify(
  {
    name: 'guildhall-bench-peers',
    private: true,
    dependencies: {
      '@graphql-hive/gateway': '2.15.1',
      '@graphql-hive/router-runtime': '1.4.23',
      '@mercuriusjs/gateway': '5.2.0',
      fastify: '5.12.8',
      // Mercurius builds operations that later versions cannot print.
      graphql: '16.12.0',
      mercurius: '16.10.1',
      postgraphile: '5.1.5',
    },
    // What the newest delegate asks for is not in every registry.
    overrides: { '@graphql-tools/batch-execute': '10.2.0' },
  },
  null,
  2,
)}\n`

const installMinutes = 8

/** Installs the peers unless they are there. @returns why they are not, or null. */
export async function installPeers(): Promise<string | null> {
  const done = path.join(peersFolder, 'installed.json')
  if (textOf(done) === manifest) return null
  mkdirSync(peersFolder, { recursive: true })
  writeFileSync(path.join(peersFolder, 'package.json'), manifest)
  console.log(
    `Installing the peers into ${path.relative(process.cwd(), peersFolder)}; once, it takes minutes.`,
  )
  const problem = await npmInstall()
  if (!problem) writeFileSync(done, manifest)
  return problem
}

function npmInstall(): Promise<string | null> {
  return new Promise((resolve) => {
    const npm = spawn('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: peersFolder,
      stdio: ['ignore', 'ignore', 'pipe'],
      shell: process.platform === 'win32',
      timeout: installMinutes * 60_000,
    })
    let said = ''
    npm.stderr.on('data', (data) => {
      said += String(data)
    })
    npm.on('error', (error) => resolve(error.message))
    npm.on('exit', (code) =>
      resolve(code === 0 ? null : (said.trim().split('\n')[0] ?? `npm ended with ${code}`)),
    )
  })
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
