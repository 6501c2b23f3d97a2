// Runs every example in a docstring and every marked block of a README, and compares what it says with what it gives.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { inspect } from 'node:util'
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
const files = readdirSync(join(root, 'packages'), { recursive: true, encoding: 'utf8' })
  .filter((file) => !file.includes('node_modules') && !file.includes('dist/'))
const sources = files.filter((file) => /^[^/]+\/src\/.*\.ts$/.test(file) && !file.includes('/generated/'))
const pages = ['README.md', ...files.filter((file) => /^[^/]+\/README\.md$/.test(file)).map((file) => join('packages', file))]

const scope: Record<string, unknown> = { ...testing, ...data, ...cpu, ...optim, ...nn, ...tt, tt, nn, optim, data, F: nn.functional }

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

async function run({ code }: DocExample): Promise<void> {
  const { code: body } = transformSync(`async function example() {\n${toProgram(code)}\n}`, {
    jsc: { parser: { syntax: 'typescript', explicitResourceManagement: true }, target: 'es2024' }, isModule: true,
  })
  const names = Object.keys(scope).filter((name) => name !== 'default')
  const program = new Function(...names, '__check', `${body}\nreturn example()`)
  await program(...names.map((name) => scope[name]), check)
}

describe('examples in docstrings', () => {
  const examples = sources.flatMap((file) => examplesOf(join(root, 'packages', file), root))
  test('there are some', () => expect(examples.length).toBeGreaterThan(50))
  test.each(examples)('$name', run)
})

describe('examples in pages', () => {
  const examples = pages.flatMap((file) => blocksOf(join(root, file), root))
  test('there are some', () => expect(examples.length).toBeGreaterThan(2))
  test.each(examples)('$name', run)
})
