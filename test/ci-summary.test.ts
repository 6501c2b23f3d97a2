// The last line of CI: sums over its legs, and suites that must have run.
import { afterAll, expect, test } from '@jest/globals'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const folder = mkdtempSync(join(tmpdir(), 'tt-ci-'))
afterAll(() => rmSync(folder, { recursive: true }))

const kit = ['a', 'b'].map((part) => `packages/backend-webgpu/test/conformance-${part}.test.ts`)
const onLavapipe = [...kit, 'packages/backend-webgpu/test/half.test.ts']
const needed = [
  'packages/backend-cpu/test/conformance.test.ts',
  ...kit,
  'examples/backend-openblas/test/openblas.test.ts',
  'examples/browser/test/browser.test.ts',
]

/** A report of jest: tests that passed and failed, and the files in which some passed. */
function report(passed: number, failed: number, files: readonly string[]): object {
  return {
    numPassedTests: passed,
    numFailedTests: failed,
    numRuntimeErrorTestSuites: 0,
    testResults: files.map((name) => ({
      name: `/somewhere/${name}`,
      assertionResults: [{ status: 'passed' }],
    })),
  }
}

function summary(status: number, reports: Record<string, object>): { line: string; code: number | null } {
  const own = mkdtempSync(join(folder, 'reports-'))
  for (const [name, content] of Object.entries(reports))
    writeFileSync(join(own, name), JSON.stringify(content))
  const program = join(import.meta.dirname, '../.ci/summary.mjs')
  const { stdout, status: code } = spawnSync(process.execPath, [program, String(status), own], {
    encoding: 'utf8',
  })
  return { line: stdout.trimEnd().split('\n').at(-1)!, code }
}

test('the sums of all legs', () => {
  expect(summary(0, { 'npm-test.json': report(100, 0, needed) })).toEqual({
    line: '100 passed, 0 failed',
    code: 0,
  })
  expect(
    summary(1, { 'npm-test.json': report(100, 2, needed), 'lavapipe.json': report(20, 1, onLavapipe) }),
  ).toEqual({ line: '120 passed, 3 failed', code: 1 })
})

test('a suite that did not run counts as failed', () => {
  const without = needed.filter((name) => !name.includes('browser'))
  expect(summary(0, { 'npm-test.json': report(100, 0, without) })).toEqual({
    line: '100 passed, 1 failed',
    code: 1,
  })
  expect(summary(0, { 'npm-test.json': report(100, 0, needed), 'lavapipe.json': report(0, 0, []) })).toEqual({
    line: '100 passed, 3 failed',
    code: 1,
  })
})

test('so does a run that failed otherwise, or made no report', () => {
  expect(summary(2, { 'npm-test.json': report(100, 0, needed) })).toEqual({
    line: '100 passed, 1 failed',
    code: 2,
  })
  expect(summary(1, {})).toEqual({ line: '0 passed, 1 failed', code: 1 })
  expect(summary(0, {}).code).toBe(1)
})
