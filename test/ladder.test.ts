// The ladder of packages (design §1): who may depend on whom, and what shared code may not touch.
import { describe, expect, test } from '@jest/globals'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isNodeFile, isPlatformFile, readSource } from './read-source.ts'

/** The drawing: each package and the one below it. */
const ladder: Record<string, string | null> = {
  tensor: null,
  autograd: 'tensor',
  nn: 'autograd',
  optim: 'autograd',
  data: 'tensor',
  'backend-cpu': 'tensor',
  'backend-webgpu': 'tensor',
}
/** What a user brings along, if at all: the only outside packages that a manifest may name. */
const optionalPeers: Record<string, readonly string[]> = { 'backend-webgpu': ['webgpu'] }
/** Packages with a kit for the authors of backends, at their entry `./testing`. */
const kits = ['tensor', 'autograd']
const forbiddenNames = /^(utils?|helpers?|common|misc)$/

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const packages = readdirSync(join(root, 'packages')).sort()

interface Manifest {
  readonly name: string
  readonly dependencies?: Record<string, string>
  readonly peerDependencies?: Record<string, string>
  readonly peerDependenciesMeta?: Record<string, { optional?: boolean }>
  readonly optionalDependencies?: Record<string, string>
  readonly devDependencies?: Record<string, string>
  readonly exports: Record<string, string>
}

const manifestOf = (name: string): Manifest =>
  JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'))

const isKit = (source: string, file: string): boolean => relative(source, file).startsWith('testing/')

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.startsWith('generated'))
    .map((file) => join(folder, file))
    .sort()

test('the packages are those of the drawing', () => {
  expect(packages).toEqual(Object.keys(ladder).sort())
})

describe.each(packages)('%s', (name) => {
  const below = ladder[name] ?? null
  const source = join(root, 'packages', name, 'src')
  const files = filesOf(source)

  test('depends on the package below it and on nothing else', () => {
    const manifest = manifestOf(name)
    expect(manifest.name).toBe(`@tt/${name}`)
    expect(manifest.dependencies ?? {}).toEqual(below ? { [`@tt/${below}`]: 'workspace:*' } : {})
    expect(manifest.optionalDependencies ?? {}).toEqual({})
    const peers = Object.keys(manifest.peerDependencies ?? {})
    expect(peers.filter((peer) => !optionalPeers[name]?.includes(peer))).toEqual([])
    expect(peers.filter((peer) => !manifest.peerDependenciesMeta?.[peer]?.optional)).toEqual([])
    // Tests find the other packages through the root, so that the graph of packages stays free of cycles.
    expect(Object.keys(manifest.devDependencies ?? {}).filter((other) => other.startsWith('@tt/'))).toEqual(
      [],
    )
  })

  test('has at most two entries', () => {
    const entries = Object.keys(manifestOf(name).exports).filter((entry) => entry !== './package.json')
    expect(entries).toEqual(kits.includes(name) ? ['.', './testing'] : ['.'])
  })

  test('imports only itself and the package below it', () => {
    const offences: string[] = []
    for (const file of files) {
      for (const specifier of readSource(file).imports) {
        const inside =
          specifier.startsWith('.') && !relative(source, resolve(dirname(file), specifier)).startsWith('..')
        const allowed =
          inside ||
          specifier === '#platform' ||
          (below !== null && specifier === `@tt/${below}`) ||
          (kits.includes(name) && isKit(source, file) && specifier === `@tt/${below}/testing`) ||
          (isNodeFile(file) && (specifier.startsWith('node:') || optionalPeers[name]?.includes(specifier)))
        if (!allowed) offences.push(`${relative(root, file)} imports ${specifier}`)
      }
    }
    expect(offences).toEqual([])
  })

  test('asks which platform it runs on only in src/platform', () => {
    const offences = files
      .filter((file) => !isPlatformFile(file))
      .flatMap((file) =>
        readSource(file).platformGlobals.map((global) => `${relative(root, file)} uses ${global}`),
      )
    expect(offences).toEqual([])
  })

  test('has no drawer for odds and ends', () => {
    const names = files.flatMap((file) => relative(root, file).replace(/\.ts$/, '').split('/'))
    expect(names.filter((part) => forbiddenNames.test(basename(part)))).toEqual([])
  })
})

describe('the checks see what they are for', () => {
  const read = (text: string) => readSource('sample.ts', text)

  test('imports in all their forms', () => {
    expect(
      read(`
        import type { A } from 'a'
        import 'b'
        export { c } from 'c'
        export * from 'd'
        const e = await import('e')
        type F = import('f').F
        // import 'comment'
        const text = "import 'string'"
      `).imports.sort(),
    ).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
  })

  test('globals of one platform, but not properties of the same name', () => {
    expect(read(`if (typeof process !== 'undefined') {}`).platformGlobals).toEqual(['process'])
    expect(read('globalThis.process?.versions').platformGlobals).toEqual(['globalThis.process'])
    expect(read('const x = typeof window').platformGlobals).toEqual(['window'])
    expect(read('const { process: p } = x; x.process(); const y = { process: 1 }').platformGlobals).toEqual(
      [],
    )
    expect(read('const x = Buffer.from([1])').platformGlobals).toEqual(['Buffer'])
  })
})
