// Runs every example in a docstring and every marked block of a README, and compares what it says with what it gives.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { inspect, isDeepStrictEqual } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { transformSync } from '@swc/core'
import * as tt from '@tt/autograd'
import * as cpu from '@tt/backend-cpu'
import * as data from '@tt/data'
import * as nn from '@tt/nn'
import * as optim from '@tt/optim'
import * as testing from '@tt/tensor/testing'
import { blocksOf, examplesOf, toProgram } from './doc-examples.ts'
import type { DocExample } from './doc-examples.ts'

const root = join(import.meta.dirname, '..')
const files = readdirSync(join(root, 'packages'), { recursive: true, encoding: 'utf8' }).filter(
  (file) => !file.includes('node_modules') && !file.includes('dist/'),
)
// The examples of backend-webgpu need a device; its own suite runs them.
const sources = files.filter(
  (file) => /^[^/]+\/src\/.*\.ts$/.test(file) && !/\/generated\/|^backend-webgpu/.test(file),
)
const pages = [
  'README.md',
  ...files
    .filter((file) => /^(?!backend-webgpu)[^/]+\/README\.md$/.test(file))
    .map((file) => join('packages', file)),
]

const everything: Record<string, unknown> = {
  ...testing,
  ...data,
  ...cpu,
  ...optim,
  ...nn,
  ...tt,
  tt,
  nn,
  optim,
  data,
  F: nn.functional,
}
/** What examples take for granted: a model in training. */
function standIns(): Record<string, unknown> {
  const model = new nn.Sequential(new nn.Linear(2, 2), new nn.ReLU(), new nn.Linear(2, 2))
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 })
  const data = { x: tt.ones([4, 2]), y: tt.zeros([4, 2]), validationLoss: tt.tensor(1) }
  return { ...data, model, optimizer, createAcmeBackend: testing.createReferenceBackend, test: () => {} }
}

// `var` is a method and a function, but no name that a program can declare.
const scope = Object.fromEntries(
  Object.entries(everything).filter(([name]) => name !== 'var' && name !== 'default'),
)

function check(actual: unknown, expected: string): void {
  const shown = inspect(actual, { breakLength: Infinity, depth: 8 })
  if (shown === expected || String(actual) === expected) return
  let value: unknown
  try {
    value = new Function(...Object.keys(scope), `return (${expected})`)(...Object.values(scope))
  } catch {
    value = Symbol('not an expression')
  }
  if (!isDeepStrictEqual(roundOff(actual), roundOff(value))) expect(shown).toBe(expected)
}

/** Numbers to six digits, so that an example may write 0.6931 as 0.693147. */
function roundOff(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? Number(value.toPrecision(6)) + 0 : value
  if (Array.isArray(value)) return value.map(roundOff)
  return value
}

async function run({ name, code }: DocExample): Promise<void> {
  const own = name.includes('.md:')
    ? {}
    : ((await import(join(root, name.replace(/:\d+$/, '')))) as Record<string, unknown>)
  // the namespace `fft` stays what users see, also in the file that has its function `fft`
  const local = { ...scope, ...standIns(), ...own, fft: tt.fft }
  const { code: body } = transformSync(`async function example() {\n${toProgram(code)}\n}`, {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2024' },
    isModule: true,
  })
  const names = Object.keys(local).filter((key) => key !== 'var' && key !== 'default')
  const program = new Function(...names, '__check', `${body}\nreturn example()`)
  await program(...names.map((key) => local[key as keyof typeof local]), check)
}

describe('examples in docstrings', () => {
  const examples = sources.flatMap((file) => examplesOf(join(root, 'packages', file), root))
  test('there are some', () => expect(examples.length).toBeGreaterThan(50))
  test.each(examples)('$name', run)
})

describe('examples in pages', () => {
  const examples = pages.flatMap((file) => blocksOf(join(root, file), root))
  test('there are some', () => expect(examples.length).toBeGreaterThan(1))
  test.each(examples)('$name', run)
})
