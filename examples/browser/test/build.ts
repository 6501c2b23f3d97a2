// The site as a stranger would build it: from packages that were compiled and packed, not from the workspace.
import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const example = fileURLToPath(new URL('..', import.meta.url))
const root = join(example, '../..')
const names = ['tensor', 'autograd', 'nn', 'optim', 'backend-cpu', 'backend-webgpu']

async function run(cwd: string, script: string, args: readonly string[], env = {}): Promise<void> {
  await promisify(execFile)(process.execPath, [script, ...args], { cwd, env: { ...process.env, ...env } })
}

/** Compiles and packs the packages, and unpacks the tarballs to `folder/node_modules/@tt`. */
export async function installPacked(folder: string): Promise<void> {
  await run(root, join(root, 'node_modules/typescript/bin/tsc'), [
    '-b',
    ...names.map((name) => `packages/${name}`),
  ])
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
  await Promise.all(names.map((name) => installOne(folder, name)))
}

async function installOne(folder: string, name: string): Promise<void> {
  const tarballs = join(folder, 'tarballs', name)
  const home = join(folder, 'node_modules/@tt', name)
  mkdirSync(tarballs, { recursive: true })
  mkdirSync(home, { recursive: true })
  const pnpm = join(root, 'node_modules/pnpm/bin/pnpm.cjs')
  await run(join(root, 'packages', name), pnpm, ['pack', '--pack-destination', tarballs])
  const [tarball] = readdirSync(tarballs)
  await promisify(execFile)('tar', ['-xzf', join(tarballs, tarball), '-C', home, '--strip-components=1'])
}

/** `vite build`, against the packages in a folder (`pnpm build` makes it from the sources, too). */
export async function buildSite(outDir: string, packages: string): Promise<void> {
  const entry = fileURLToPath(import.meta.resolve('vite'))
  const vite = join(entry.slice(0, entry.lastIndexOf(join('vite', 'dist'))), 'vite/bin/vite.js')
  const args = ['build', '--outDir', outDir, '--sourcemap', '--logLevel', 'warn']
  await run(example, vite, args, { TT_PACKAGES: packages })
}
