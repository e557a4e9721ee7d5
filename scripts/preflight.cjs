// Runs before `npm start` and `npm test`: makes a fresh clone ready, and is silent and quick when it is.
// It may use nothing that is not in Node itself, and no syntax that an old Node would answer with a stack.
const { spawn, spawnSync } = require('node:child_process')
const { createHash } = require('node:crypto')
const { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs')
const path = require('node:path')

const checkout = path.join(__dirname, '..')
const modules = path.join(checkout, 'node_modules')
const lockFile = path.join(checkout, 'package-lock.json')
const stampFile = path.join(modules, '.guildhall-stamp')
const rivalLock = path.join(checkout, '.turbo', 'preflight.lock')

main().catch((error) => {
  console.error(error.code === 'EACCES' || error.code === 'EROFS' ? noRight(error) : error.message)
  process.exitCode = 1
})

async function main() {
  if (!atLeast(process.versions.node, 20, 0)) {
    throw new Error(
      `Guildhall needs Node 20 or newer, this is ${process.versions.node}: see https://nodejs.org`,
    )
  }
  if (!isInstalled()) await underLock(install)
  requireTypeScriptNode()
}

function isStamped() {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp()
}

/** What was installed for: this lock file on this kind of machine. */
function stamp() {
  const hash = createHash('sha256').update(readFileSync(lockFile)).digest('hex')
  return `${hash} ${process.platform}-${process.arch}\n`
}

async function install() {
  if (isInstalled()) return
  await npmCi()
  writeFileSync(stampFile, stamp())
}

function isInstalled() {
  if (isStamped()) return true
  if (!isSatisfied()) return false
  try {
    writeFileSync(stampFile, stamp())
  } catch {
    // Somebody else's folder: we look more closely next time again.
  }
  return true
}

/** Whether npm's own record of what it installed agrees with the lock file. */
function isSatisfied() {
  const record = path.join(modules, '.package-lock.json')
  if (!existsSync(record)) return false
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages
  const wanted = JSON.parse(readFileSync(lockFile, 'utf8')).packages
  return Object.keys(wanted).every((name) => {
    if (name === '') return true
    const [found, want] = [installed[name], wanted[name]]
    return found ? found.version === want.version && found.integrity === want.integrity : mayBeAbsent(want)
  })
}

/** npm leaves out what is made for other systems, and what only an absent package would need. */
function mayBeAbsent(want) {
  if (!want.optional && !want.devOptional && !want.peer) return false
  const fits = (list, value) => !list || [].concat(list).includes(value)
  const isOurs = (want.os || want.cpu) && fits(want.os, process.platform) && fits(want.cpu, process.arch)
  const isForMusl = want.libc && fits(want.libc, 'musl')
  return !isOurs || isForMusl
}

function npmCi() {
  console.log('Installing packages (once, about a minute) ...')
  const [command, first] = npm()
  const args = first.concat(
    'ci',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
    '--no-update-notifier',
  )
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: checkout,
      env: environment(),
      stdio: ['ignore', 'inherit', 'inherit'],
      shell: command === 'npm' && process.platform === 'win32',
    })
    // A terminal's Ctrl-C reaches npm by itself; it must not go on behind our back after a kill either.
    process.on('SIGTERM', () => child.kill('SIGTERM'))
    process.on('SIGHUP', () => child.kill('SIGTERM'))
    const started = Date.now()
    const seconds = () => Math.round((Date.now() - started) / 1000)
    // On a terminal npm shows its own progress.
    const ticker = process.stdout.isTTY
      ? undefined
      : setInterval(() => console.log(`  ... ${seconds()} s`), 10000)
    const end = (message) => {
      clearInterval(ticker)
      if (message) return reject(new Error(message))
      console.log(`Packages installed in ${seconds()} s.`)
      resolve()
    }
    child.on('error', (error) => end(`npm could not be started: ${error.message}`))
    child.on('exit', (code) =>
      end(code === 0 ? '' : 'The packages could not be installed: npm says why above.'),
    )
  })
}

/** We may run inside `npm start --some-option`: what was meant for that run must not bend this one. */
function environment() {
  const bending =
    /^npm_config_(omit|include|only|also|dev|production|global|location|workspaces?|include_workspace_root|dry_run|package_lock(_only)?|install_strategy)$/i
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !bending.test(name)))
}

/** The npm that runs us, with the Node that runs it: the one in node_modules is about to be replaced. */
function npm() {
  const { npm_execpath: script, npm_node_execpath: node } = process.env
  const isNpm = script && node && script.endsWith('npm-cli.js') && existsSync(script) && existsSync(node)
  return isNpm && !node.startsWith(modules) ? [node, [script]] : ['npm', []]
}

/** Our code is TypeScript that Node runs as it is. Linux and Windows get such a Node with the packages. */
function requireTypeScriptNode() {
  if (atLeast(process.versions.node, 22, 18)) return
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const program = process.platform === 'win32' ? 'node.exe' : 'node'
  const bundled = path.join(modules, `node-${platform}-${process.arch}`, 'bin', program)
  const answer = existsSync(bundled)
    ? spawnSync(bundled, ['-p', 'process.versions.node'], { encoding: 'utf8' })
    : {}
  if (answer.status === 0 && atLeast(answer.stdout, 22, 18)) return
  throw new Error(
    `Guildhall runs on Node 22.18 or newer, this is ${process.versions.node}, and for ${process.platform}-${process.arch} none comes with the packages: install Node 24 from https://nodejs.org`,
  )
}

function atLeast(version, major, minor) {
  const parts = version.split('.').map(Number)
  return parts[0] > major || (parts[0] === major && parts[1] >= minor)
}

/** Two starts at once in a fresh clone: one installs, the other waits for it. */
async function underLock(work) {
  const holder = path.join(rivalLock, 'pid')
  mkdirSync(path.dirname(rivalLock), { recursive: true })
  for (let waited = 0; !tryMkdir(rivalLock); waited += 1) {
    if (waited === 2) console.log('Another start is installing the packages, waiting for it ...')
    await new Promise((resolve) => setTimeout(resolve, 500))
    if (isAbandoned(holder)) rmSync(rivalLock, { recursive: true, force: true })
  }
  try {
    writeFileSync(holder, String(process.pid))
    await work()
  } finally {
    rmSync(rivalLock, { recursive: true, force: true })
  }
}

function tryMkdir(folder) {
  try {
    mkdirSync(folder)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

function isAbandoned(holder) {
  try {
    process.kill(Number(readFileSync(holder, 'utf8')), 0)
    return false
  } catch (error) {
    // Without a pid the holder is just about to write it, or to remove the lock; EPERM: it is another user's.
    return error.code === 'ESRCH'
  }
}

function noRight(error) {
  return `Guildhall cannot write ${error.path}: was the checkout installed by another user?`
}
