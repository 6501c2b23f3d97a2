// The plug-in on the machine's OpenBLAS: the conformance kit, memory that grows, gradients; and the program without the library.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { grad, manualSeed, ones, randn, registerBackend, zeros } from '@tt/autograd'
import { cpuBackend, createCpuBackend } from '@tt/backend-cpu'
import { functional as F } from '@tt/nn'
import { OpenBlasNotFoundError, createOpenBlasBackend, loadOpenBlas } from '../src/index.ts'
import type { OpenBlas } from '../src/index.ts'
import type { KitResult } from './kit.ts'

const runNode = (file: string, ...args: string[]) =>
  promisify(execFile)(process.execPath, [join(import.meta.dirname, file), ...args])
const runMain = (...args: string[]) => runNode('../src/main.ts', ...args)
const losses = (output: string): string[] => output.match(/loss [\d.]+/g) ?? []

let found: OpenBlas | null = null
let reason = ''
try {
  found = loadOpenBlas()
} catch (error) {
  if (!(error instanceof OpenBlasNotFoundError)) throw error
  reason = error.message
}

describe('without the library', () => {
  test('the error says what is missing and how to install it', () => {
    expect(() => loadOpenBlas(['libnone.so'])).toThrow(OpenBlasNotFoundError)
    expect(() => loadOpenBlas(['libnone.so'])).toThrow(
      /^OpenBLAS: the library must be installed, got none of \[libnone\.so\] \(.+\)\. Install it: .+\.$/,
    )
  })

  test('the program says so and runs on', async () => {
    const { stdout, stderr } = await runMain('--library', 'libnone.so')
    expect(stderr).toMatch(/Install it: .*\nGoing on with the plain cpu backend\.\n$/)
    expect(losses(stdout)).toHaveLength(3)
  })
})

if (found === null) {
  const required = process.env['TT_REQUIRE']?.split(',').includes('openblas') // as in CI
  const missing = required ? test : test.skip
  missing(`the kit on OpenBLAS did not run: ${reason}`, () => {
    throw new Error(reason)
  })
  process.stderr.write(`backend-openblas: the kit did not run (counted as skipped). ${reason}\n`)
} else {
  withLibrary(found)
}

function withLibrary(openBlas: OpenBlas): void {
  /** The library, and how often it was asked. */
  const calls = { float32: 0, float64: 0 }
  const counted: OpenBlas = {
    ...openBlas,
    sgemm: (...args) => (calls.float32++, openBlas.sgemm(...args)),
    dgemm: (...args) => (calls.float64++, openBlas.dgemm(...args)),
  }

  describe('with the library', () => {
    test('passes the conformance kits', async () => {
      const { stdout } = await runNode('kit.ts')
      const { summaries, failures, calls } = JSON.parse(stdout) as KitResult
      for (const summary of summaries) process.stderr.write(`backend-openblas: ${summary}\n`)
      expect(failures).toEqual([])
      expect(summaries).toEqual(
        ['conformance', 'gradients'].map((title) =>
          expect.stringMatching(new RegExp(`^${title} of 'cpu': (\\d+) of \\1 passed, of \\1 in all$`)),
        ),
      )
      // it was OpenBLAS that computed
      expect(calls.float32).toBeGreaterThan(200)
      expect(calls.float64).toBeGreaterThan(200)
    }, 240_000)

    test.each(['shared', 'unshared'])('finds the memory again after it has grown: %s', (kind) => {
      const shared = globalThis.SharedArrayBuffer
      if (kind === 'unshared') Reflect.deleteProperty(globalThis, 'SharedArrayBuffer')
      const cpu = createCpuBackend()
      globalThis.SharedArrayBuffer = shared
      expect(cpu.memory.buffer instanceof SharedArrayBuffer).toBe(kind === 'shared')
      registerBackend(createOpenBlasBackend({ cpu, library: openBlas }))
      const a = ones([64, 64])
      const before = cpu.memoryStats().heapBytes
      expect(a.matmul(a).sum().item()).toBe(64 ** 3)
      const large = zeros([2 ** 24])
      expect(cpu.memoryStats().heapBytes).toBeGreaterThan(before)
      const b = ones([64, 64]) // beyond the old end
      expect(a.matmul(b).matmul(b).sum().item()).toBe(64 ** 4)
      large.dispose()
    })

    test('leaves what it does not do, and small convolutions, to the cpu backend', () => {
      registerBackend(createOpenBlasBackend({ library: counted }))
      const before = calls.float32 + calls.float64
      expect(
        ones([2, 3], { dtype: 'int64' })
          .matmul(ones([3, 2], { dtype: 'int64' }))
          .tolist(),
      ).toEqual([
        [3, 3],
        [3, 3],
      ])
      expect(
        ones([2, 3], { dtype: 'float16' })
          .matmul(ones([3, 1], { dtype: 'float16' }))
          .tolist(),
      ).toEqual([[3], [3]])
      F.conv2d(ones([1, 1, 4, 4]), ones([1, 1, 2, 2]))
      expect(calls.float32 + calls.float64).toBe(before)
    })

    test.each([1, 2])('gives the gradients of the cpu backend: groups %d', (groups) => {
      const gradients = [cpuBackend, createOpenBlasBackend({ library: counted })].map((backend) => {
        registerBackend(backend)
        manualSeed(groups)
        const x = randn([3, 64, 9, 8]).requiresGrad_()
        const w = randn([64, 64 / groups, 3, 3]).requiresGrad_()
        const y = F.conv2d(x, w, null, { padding: 1, stride: 2, groups })
        return grad(y, [x, w], { gradOutputs: randn(y.shape) }).map((g) =>
          Array.from(g.flatten().toTypedArray() as Float32Array),
        )
      })
      const [plain, blas] = gradients
      const worst = plain.map((values, i) =>
        Math.max(...values.map((value, j) => Math.abs(value - blas[i][j]))),
      )
      expect(Math.max(...worst)).toBeLessThan(1e-3)
      expect(calls.float32).toBeGreaterThan(0)
      registerBackend(cpuBackend)
    })

    test('the program says that it has it, and learns as without it', async () => {
      const [{ stdout }, { stdout: plain }] = await Promise.all([
        runMain(),
        runMain('--library', 'libnone.so'),
      ])
      expect(stdout).toContain('products by OpenBLAS')
      expect(losses(stdout)).toHaveLength(3)
      losses(stdout).forEach((loss, i) =>
        expect(Number(loss.slice(5))).toBeCloseTo(Number(losses(plain)[i].slice(5)), 2),
      )
    })
  })
}
