// Packs the package in the current folder as it would be published, and checks the tarball with publint and attw.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const modules = fileURLToPath(new URL('../node_modules', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'tt-pack-'))
const run = (...command) => execFileSync(command[0], command.slice(1), { stdio: 'inherit' })

try {
  run(process.execPath, join(modules, 'pnpm/bin/pnpm.cjs'), 'pack', '--pack-destination', folder)
  const tarball = join(folder, readdirSync(folder)[0])
  run(process.execPath, join(modules, 'publint/src/cli.js'), tarball, '--strict')
  run(
    process.execPath,
    join(modules, '@arethetypeswrong/cli/dist/index.js'),
    tarball,
    '--profile',
    'esm-only',
  )
} catch {
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true })
}
