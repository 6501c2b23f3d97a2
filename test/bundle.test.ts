// What a bundler does with the packages: what registers itself survives, and each platform gets its own files.
import { expect, test } from '@jest/globals'
import { build } from 'esbuild'
import { execFileSync } from 'node:child_process'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

type Platform = 'browser' | 'node'

const resolveDir = dirname(fileURLToPath(import.meta.url))

async function bundle(contents: string, platform: Platform): Promise<{ code: string; files: string[] }> {
  const { metafile, outputFiles } = await build({
    stdin: { contents, resolveDir },
    bundle: true,
    format: 'esm',
    logLevel: 'error',
    metafile: true,
    minify: true,
    outfile: 'bundle.mjs',
    platform,
    target: 'es2023',
    write: false,
  })
  const [output] = Object.values(metafile.outputs)
  const files = Object.entries(output?.inputs ?? {})
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([file]) => file.replace(/^.*packages\//, ''))
  return { code: outputFiles[0]?.text ?? '', files }
}

/** Runs a bundle in a Node of its own; what it printed. */
const runBundle = (code: string): string =>
  execFileSync(process.execPath, ['--input-type=module', '-'], { input: code, encoding: 'utf8' })

const platforms = ['browser', 'node'] as const

test.each(platforms)('bare imports of packages that register survive on %s', async (platform) => {
  const { files } = await bundle(`import '@tt/backend-cpu'; import '@tt/autograd'`, platform)
  expect(files.filter((file) => file.startsWith('backend-cpu/src/'))).not.toEqual([])
  expect(files.filter((file) => file.startsWith('autograd/src/'))).not.toEqual([])
})

test('bare imports of packages without side effects leave nothing', async () => {
  const { files } = await bundle(`import '@tt/nn'; import '@tt/optim'; import '@tt/data'`, 'browser')
  expect(files.filter((file) => file.includes('/src/'))).toEqual([])
})

test.each(platforms)('a bundle for %s has no file of another platform', async (platform) => {
  const other = platform === 'node' ? 'web' : 'node'
  const { files } = await bundle(
    `import '@tt/backend-cpu'; export * from '@tt/data'; export * from '@tt/nn'`,
    platform,
  )
  expect(files.filter((file) => file.includes(`/src/platform/${other}`))).toEqual([])
})

test('methods, the backend and autograd all work in a minified bundle', async () => {
  const { code } = await bundle(
    `import '@tt/backend-cpu'
     import { tensor } from '@tt/autograd'
     const x = tensor([1, 2, 3], { requiresGrad: true })
     x.mul(x).sum().backward()
     console.log(JSON.stringify([x.add(1).tolist(), x.grad.tolist()]))`,
    'node',
  )
  expect(JSON.parse(runBundle(code))).toEqual([
    [2, 3, 4],
    [2, 4, 6],
  ])
})
