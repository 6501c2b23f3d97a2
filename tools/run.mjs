// Behind `npm start` and `npm test`: installs, prepares, then runs. Plain JavaScript for Node 20, nothing but Node and npm.
//   node tools/run.mjs start [options of examples/mnist]
//   node tools/run.mjs test [jest arguments]
//   node tools/run.mjs turbo <task...> [turbo arguments]
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const modules = join(root, 'node_modules')
const windows = process.platform === 'win32'
const node24 = join(modules, 'node', 'bin', windows ? 'node.exe' : 'node')
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

const quiet = { TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', TURBO_NO_UPDATE_NOTIFIER: '1' }
const plainPath = process.env.PATH.split(delimiter)
  .filter((entry) => !entry.startsWith(modules))
  .join(delimiter)
const toolPath = [join(modules, '.bin'), plainPath].join(delimiter)

/** Runs a program to its end on this terminal; resolves to its exit code. */
function run(command, args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, ...quiet, ...env },
    })
    // On a terminal Ctrl-C reaches the whole foreground group; otherwise the signal came to this process alone.
    const onInterrupt = () => void (process.stdin.isTTY || child.kill('SIGINT'))
    const onTerminate = () => void child.kill('SIGTERM')
    process.on('SIGINT', onInterrupt).on('SIGTERM', onTerminate)
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      process.off('SIGINT', onInterrupt).off('SIGTERM', onTerminate)
      resolve(code ?? (signal === 'SIGINT' ? 130 : 1))
    })
  })
}

async function must(command, args, env) {
  const code = await run(command, args, env)
  if (code !== 0) process.exit(code)
}

/** What an install depends on: as long as it is unchanged, the installed tree is right. */
function installKey() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} `)
  const files = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml']
  for (const folder of ['packages', 'examples', 'tools']) {
    for (const name of readdirSync(join(root, folder)).sort()) files.push(join(folder, name, 'package.json'))
  }
  for (const file of files)
    if (existsSync(join(root, file))) hash.update(file).update(readFileSync(join(root, file)))
  return hash.digest('hex')
}

async function install() {
  const stamp = join(modules, '.tt-install')
  const key = installKey()
  if (existsSync(node24) && existsSync(stamp) && readFileSync(stamp, 'utf8') === key) return
  // The very version of `packageManager`: pnpm then has no reason to fetch another copy of itself.
  const pnpm = [
    '-y',
    manifest.packageManager,
    'install',
    '--frozen-lockfile',
    '--prefer-offline',
    '--config.confirm-modules-purge=false',
  ]
  await must(windows ? 'cmd' : 'npx', windows ? ['/c', 'npx', ...pnpm] : pnpm, { PATH: plainPath })
  writeFileSync(stamp, key)
}

/** Makes what the sources need but git does not hold (the WebAssembly kernels); silent unless it fails. */
function generate() {
  const args = [join(modules, 'turbo', 'bin', 'turbo'), 'run', 'generate', '--output-logs=errors-only']
  const env = { ...process.env, ...quiet, PATH: toolPath }
  const { status, stdout, stderr } = spawnSync(node24, args, { cwd: root, env, encoding: 'utf8' })
  if (status === 0) return
  console.error(stdout + stderr)
  process.exit(status ?? 1)
}

function turbo(args) {
  return run(node24, [join(modules, 'turbo', 'bin', 'turbo'), 'run', ...args], { PATH: toolPath })
}

const [command, ...rest] = process.argv.slice(2)
const args = rest[0] === '--' ? rest.slice(1) : rest
if (!['start', 'test', 'turbo'].includes(command)) {
  console.error(
    `run: the command must be start, test or turbo, got ${command}. Use: npm start, npm test or pnpm build.`,
  )
  process.exit(2)
}

await install()
if (command === 'start') {
  generate()
  process.exit(await run(node24, ['examples/mnist/src/main.ts', ...args], { PATH: toolPath }))
} else if (command === 'test') {
  // The tests run even if types or lint complain, so that one run tells everything.
  const checks = await turbo([
    'build',
    'typecheck:root',
    'lint:root',
    '--continue=always',
    '--output-logs=errors-only',
  ])
  const tests = await run(node24, ['tools/jest.mjs', ...args], { PATH: toolPath })
  if (checks !== 0) console.error('\nnpm test: build, types or lint failed, see above the tests.')
  process.exit(tests || checks)
} else {
  process.exit(await turbo(args))
}
