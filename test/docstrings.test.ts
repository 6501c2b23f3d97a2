// Every name that a package exports has a docstring, and every function and class an example, which doc-examples runs.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { exportsOf } from './docstrings.ts'
import type { DocumentedExport } from './docstrings.ts'

const packages = join(import.meta.dirname, '..', 'packages')

/** What has no example of its own, and why. Beyond these: types, records (`addOp`), in-place forms of what has one. */
const withoutExample: Record<string, readonly string[]> = {
  'the slot that @tt/autograd fills': ['gradState', 'installAutograd', 'autograd'],
  'parts of unary, binary and ternary, whose examples use them': [
    'PointwiseRecord',
    'PointwiseVariant',
    'nextKernelId',
    'mapKernel',
    'applyPointwise',
    'applyPointwiseInPlace',
    'writeInPlace',
  ],
  'parts of the reductions, whose examples use them': ['reduceKernels', 'runReduce'],
  'apply and applyView on self, for in-place forms': ['applyInPlace', 'applyViewInPlace'],
  'gradients as ops, for the derivative tables': ['convolutionInput', 'convolutionWeight'],
  'no program reaches them on purpose': [
    'NotImplementedError',
    'OutOfMemoryError',
    'DeviceLostError',
    'unreachable',
  ],
}
const excused = new Set(Object.values(withoutExample).flat())

const hasExample = ({ doc }: DocumentedExport): boolean => /@example\s+\S/.test(doc)

function lacking(all: readonly DocumentedExport[]): { docstring: string[]; example: string[] } {
  const shown = new Set(all.filter(hasExample).map(({ name }) => name))
  const show = ({ name, file, line }: DocumentedExport) => `${name} (${relative(packages, file)}:${line})`
  const needsExample = ({ name, kind }: DocumentedExport) =>
    kind !== 'type' &&
    !/(Op|Backward)$/.test(name) && // records, and gradients as ops
    !(name.endsWith('_') && shown.has(name.slice(0, -1))) &&
    !excused.has(name)
  return {
    docstring: all.filter(({ doc }) => !/\w/.test(doc.replaceAll(/@example[^@]*/g, ''))).map(show),
    example: all.filter((entry) => needsExample(entry) && !hasExample(entry)).map(show),
  }
}

describe('docstrings', () => {
  const names = readdirSync(packages)
  const exported = new Map(names.map((name) => [name, exportsOf(join(packages, name, 'src', 'index.ts'))]))

  test.each(names)('%s says of each export what it is, with an example', (name) => {
    const all = exported.get(name)!
    expect(all.length).toBeGreaterThan(0)
    expect(lacking(all)).toEqual({ docstring: [], example: [] })
  })

  test('no excuse is out of date', () => {
    const all = [...exported.values()].flat()
    const needed = new Set(all.filter((entry) => !hasExample(entry)).map(({ name }) => name))
    expect([...excused].filter((name) => !needed.has(name))).toEqual([])
  })

  test('finds what is not documented, through re-exports, aliases and namespaces', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tt-docstrings-'))
    const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
    write(
      'index.ts',
      "export * from './a.ts'\nexport { b as c } from './b.ts'\nexport * as space from './b.ts'\n",
    )
    write('a.ts', '/** A. @example a() // => 1 */\nexport const a = () => 1\nexport interface Bare {}\n')
    write('b.ts', '// é, two bytes\nconst x = 1\n/** B. */\nfunction b() { return x }\nexport { b }\n')
    const all = exportsOf(join(folder, 'index.ts'))
    rmSync(folder, { recursive: true })
    expect(all.map(({ name, kind, doc }) => [name, kind, doc.trim()])).toEqual([
      ['c', 'function', 'B.'],
      ['a', 'function', 'A. @example a() // => 1'],
      ['Bare', 'type', ''],
      ['space.b', 'function', 'B.'],
    ])
    const { docstring, example } = lacking(all)
    expect(docstring).toHaveLength(1)
    expect(example).toHaveLength(2)
  })
})
