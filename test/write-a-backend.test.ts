// docs/write-a-backend.md, followed by a stranger: a folder made from the page alone, outside of the workspace, the packed
// @tt/tensor, the machine's own Node and npm, the whole kit, and a program that installs the result.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { execFileSync, spawnSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { gradientConformance } from '@tt/autograd/testing'
import { createMinimalBackend } from '../examples/backend-minimal/src/index.ts'

const root = join(import.meta.dirname, '..')
const page = readFileSync(join(root, 'docs/write-a-backend.md'), 'utf8')
const example = join(root, 'examples/backend-minimal')

/** The files that the page shows: a line with the name, then the code. */
const files = [...page.matchAll(/^`([\w./-]+)`\n\n```\w+\n([\s\S]*?)^```$/gm)].map(([, name, text]) => ({
  name,
  text,
}))

// What someone has who installed Node and nothing else: no tools of this repository.
const PATH = process.env
  .PATH!.split(delimiter)
  .filter((entry) => !entry.includes('node_modules'))
  .join(delimiter)
const environment = { PATH, HOME: process.env.HOME }
const run = (cwd: string, command: string, ...args: string[]): string =>
  execFileSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: environment,
    maxBuffer: 2 ** 26,
  })
const install = (cwd: string, ...packages: string[]): string =>
  run(cwd, 'npm', 'install', '--offline', '--no-audit', '--no-fund', ...packages)

test('the page shows the files of the example, and all of them', () => {
  const shown = files.filter(({ name }) => name.endsWith('.ts'))
  const present = ['src', 'test'].flatMap((folder) =>
    readdirSync(join(example, folder)).map((name) => `${folder}/${name}`),
  )
  expect(shown.map(({ name }) => name).toSorted()).toEqual(present.toSorted())
  for (const { name, text } of shown) expect(text).toBe(readFileSync(join(example, name), 'utf8'))
})

test('gradients on the backend are those of the reference backend', async () => {
  const summaries: string[] = []
  const tests = gradientConformance({
    create: createMinimalBackend,
    report: (text) => void summaries.push(text),
  })
  for (const { run } of tests) await run()
  expect(summaries).toEqual([
    expect.stringMatching(/^gradients of 'minimal': (\d+) of \1 passed, of \1 in all$/),
  ])
}, 120_000)

describe('a stranger', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tt-stranger-'))
  const backend = join(folder, 'backend-minimal')
  let tarball = ''

  beforeAll(() => {
    // As published: compiled now, packed by pnpm, which puts the published entries into the manifest.
    execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b', 'packages/tensor'], {
      cwd: root,
    })
    const pnpm = join(root, 'node_modules/pnpm/bin/pnpm.cjs')
    execFileSync(process.execPath, [pnpm, 'pack', '--pack-destination', folder], {
      cwd: join(root, 'packages/tensor'),
    })
    tarball = join(
      folder,
      readdirSync(folder).find((name) => name.endsWith('.tgz'))!,
    )
    for (const { name, text } of files) {
      mkdirSync(dirname(join(backend, name)), { recursive: true })
      writeFileSync(join(backend, name), text)
    }
  }, 120_000)
  afterAll(() => rmSync(folder, { recursive: true }))

  test('builds the backend of the page and passes the kit with node --test', () => {
    install(backend, '--save-dev', tarball)
    // The two that come from the registry are those of the repository here, so that the test needs no network.
    for (const name of ['typescript', '@types'])
      symlinkSync(join(root, 'node_modules', name), join(backend, 'node_modules', name))
    run(backend, 'node', 'node_modules/typescript/bin/tsc')
    const { stdout: output } = spawnSync(
      'node',
      ['--test', '--test-reporter=tap', 'dist/test/conformance.js'],
      {
        cwd: backend,
        encoding: 'utf8',
        env: environment,
        maxBuffer: 2 ** 26,
      },
    )
    expect(output.match(/^\s*not ok .*\n(?:.*\n){0,12}/gm) ?? []).toEqual([])
    const counted = (what: string): number => Number(new RegExp(`^# ${what} (\\d+)$`, 'm').exec(output)?.[1])
    expect(counted('pass')).toBeGreaterThan(2500)
    expect(output).toMatch(/conformance of 'minimal': (\d+) of \1 passed, of \1 in all$/m)
    expect([counted('fail'), counted('skipped'), counted('cancelled')]).toEqual([0, 0, 0])
  }, 240_000)

  test('packs it, and a program installs and uses it', () => {
    run(backend, 'npm', 'pack', '--silent', '--pack-destination', folder)
    const program = join(folder, 'program')
    mkdirSync(program)
    writeFileSync(join(program, 'package.json'), '{ "private": true, "type": "module" }')
    install(program, tarball, join(folder, 'backend-minimal-0.1.0.tgz'))
    writeFileSync(
      join(program, 'main.js'),
      `import 'backend-minimal'
       import { conv2d, ones, tensor } from '@tt/tensor'
       const x = tensor([1, 2, 3], { device: 'minimal' })
       const image = ones([1, 1, 3, 3], { device: 'minimal' })
       console.log(JSON.stringify([x.exp().log().round().tolist(), conv2d(image, image, null, { padding: 1 }).sum().item()]))`,
    )
    expect(JSON.parse(run(program, 'node', 'main.js'))).toEqual([[1, 2, 3], 49])
  }, 120_000)
})
