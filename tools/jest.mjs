// Runs jest with this repository's configuration on Node 24, from any folder: node tools/jest.mjs [jest arguments].
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const local = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
const node = existsSync(local) ? local : process.execPath
const jest = createRequire(import.meta.url).resolve('jest/bin/jest')

const child = spawn(node, [jest, '--config', join(root, 'jest.config.mjs'), ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: {
    ...process.env,
    PATH: join(root, 'node_modules', '.bin') + delimiter + process.env.PATH,
    // Jest runs ES modules through vm.SourceTextModule, which Node keeps behind this flag.
    NODE_OPTIONS:
      `${process.env.NODE_OPTIONS ?? ''} --experimental-vm-modules --disable-warning=ExperimentalWarning`.trim(),
  },
})
process.on('SIGINT', () => void (process.stdin.isTTY || child.kill('SIGINT')))
process.on('SIGTERM', () => void child.kill('SIGTERM'))
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)))
