// The conformance suite itself: it passes a right backend, and notices each kernel that is wrong.
import { describe, expect, test } from '@jest/globals'
import { dtypes } from '@tt/tensor'
import type { Backend, CoreKernels, Operand } from '@tt/tensor'
import { conformance, createReferenceBackend, families } from '@tt/tensor/testing'

const twin = (): Backend => ({ ...createReferenceBackend(), device: 'twin' })

/** Flips a bit in the first element of what the kernel wrote. */
function broken(kernel: keyof CoreKernels, outputOf: (args: readonly unknown[]) => Operand): Backend {
  const inner = twin()
  const run = inner.kernels[kernel] as (...args: unknown[]) => void
  const wrong = (...args: unknown[]): void => {
    run(...args)
    const { storage, offset, dtypeInfo, shape } = outputOf(args)
    if (shape.includes(0)) return
    const last = (offset + 1) * dtypeInfo.itemSize - 1
    inner.write(
      storage.buffer,
      last,
      inner.read(storage.buffer, last, 1).map((byte) => byte ^ 1),
    )
  }
  return { ...inner, kernels: { ...inner.kernels, [kernel]: wrong } }
}

const firstFailure = async (backend: Backend, family: string): Promise<string | null> => {
  for (const { name, run } of conformance({ create: () => backend })) {
    if (!name.startsWith(`${family}/`)) continue
    try {
      await run()
    } catch (error) {
      return (error as Error).message
    }
  }
  return null
}

describe('the suite', () => {
  test('has families with samples of unique names', () => {
    const names = conformance({ create: twin }).map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(families.every(({ samples }) => samples.length > 0)).toBe(true)
    expect(names.length).toBeGreaterThan(2000)
  })

  test.each(['scan', 'indexing', 'scatter', 'loss'])('passes the reference backend: %s', async (family) => {
    expect(await firstFailure(twin(), family)).toBeNull()
  })

  test.each<[keyof CoreKernels, string, (args: readonly unknown[]) => Operand]>([
    ['map', 'math', (args) => (args[3] as Operand[])[0]],
    ['reduce', 'reduce', (args) => args[4] as Operand],
    ['argReduce', 'extremes', (args) => args[4] as Operand],
    ['scan', 'scan', (args) => args[3] as Operand],
    ['matmul', 'matmul', (args) => args[3] as Operand],
    ['convolution', 'convolution', (args) => args[3] as Operand],
    ['convolutionInput', 'convolution', (args) => args[2] as Operand],
    ['convolutionWeight', 'convolution', (args) => args[2] as Operand],
    ['gather', 'indexing', (args) => args[3] as Operand],
    ['scatter', 'scatter', (args) => args[0] as Operand],
    ['indexGet', 'indexing', (args) => args[3] as Operand],
    ['indexPut', 'indexing', (args) => args[0] as Operand],
    ['sort', 'sort', (args) => args[3] as Operand],
  ])('notices a wrong %s', async (kernel, family, outputOf) => {
    expect(await firstFailure(broken(kernel, outputOf), family)).toMatch(/expected at flat index/)
  })

  const held: object[] = []
  test.each<[string, string, (inner: Backend) => Partial<Backend>]>([
    [
      'memory/blocks are apart',
      'bytes that are lost',
      (inner) => ({ write: (buffer, offset, bytes) => inner.write(buffer, offset, bytes.subarray(1)) }),
    ],
    [
      'memory/handles of dropped tensors',
      'handles that are held on to',
      (inner) => ({
        allocate(bytes) {
          held.push(inner.allocate(bytes))
          return held.at(-1)!
        },
      }),
    ],
    [
      'reads/give copies',
      'reads that are no copies',
      (inner) => ({
        readAsync: (buffer, offset, length) =>
          Promise.resolve(new Uint8Array((buffer as { bytes: ArrayBuffer }).bytes, offset, length)),
        supports: inner.supports,
      }),
    ],
    [
      'reads/come before the kernels after them',
      'reads that come late',
      (inner) => ({ readAsync: (...range) => Promise.resolve().then(() => inner.read(...range)) }),
    ],
    [
      'devices/it has every core kernel',
      'a kernel that is missing',
      ({ kernels }) => ({ kernels: { ...kernels, sort: undefined as never } }),
    ],
  ])('%s: notices %s', async (name, _what, change) => {
    const inner = twin()
    const tests = conformance({ create: () => ({ ...inner, ...change(inner) }), report: () => {} })
    const found = tests.find((entry) => entry.name.startsWith(name))!
    await expect(found.run()).rejects.toThrow(/expected, got|may be held on to, got/)
    held.length = 0
    const right = conformance({ create: twin, report: () => {} }).find((entry) => entry.name === found.name)!
    await right.run()
  })

  test('a backend that lacks a dtype is not asked for it', async () => {
    const narrow: Backend = { ...twin(), device: 'narrow', supports: (dtype) => dtype === dtypes.float32 }
    const tests = conformance({ create: () => narrow }).filter(({ name }) => name.startsWith('math/exp/'))
    for (const { run } of tests) await run()
    expect(tests.length).toBeGreaterThan(5)
    const careless: Backend = {
      ...narrow,
      supports: (dtype) => dtype !== dtypes.float64 || new Error().stack!.includes('newTensor'),
    }
    const [double] = conformance({ create: () => careless }).filter(({ name }) => name === 'math/exp/float64')
    await expect(double.run()).rejects.toThrow(
      'a tensor of a dtype that the backend does not store must be refused, got one of float64.',
    )
  })
})

describe('skip', () => {
  test('shows the reason in the name, for a test or a group of them', async () => {
    const tests = conformance({
      create: twin,
      skip: { 'sort/stable': 'no 64-bit keys yet', 'math/exp/float64': 'no doubles' },
      report: () => {},
    })
    const skipped = tests.filter(({ name }) => name.includes('(skipped: '))
    expect(skipped.map(({ name }) => name)).toContain('sort/stable/int64 (skipped: no 64-bit keys yet)')
    expect(skipped.map(({ name }) => name)).toContain('math/exp/float64 (skipped: no doubles)')
    await expect(tests.at(-1)!.run()).resolves.toBeUndefined()
  })

  test('is printed by the last test, with the counts', async () => {
    const summaries: string[] = []
    const tests = conformance({
      create: twin,
      skip: { 'sort/stable': 'no 64-bit keys yet' },
      report: (summary) => void summaries.push(summary),
    })
    const named = (name: string) => tests.find((entry) => entry.name === name)!
    await named('math/exp/float32').run()
    await named('math/exp/float64').run()
    await tests.at(-1)!.run()
    expect(summaries).toEqual([
      expect.stringMatching(
        /^conformance of 'twin': 2 of 2 passed, of \d{4} in all\n {2}skipped sort\/stable \(10\): no 64-bit keys yet$/,
      ),
    ])
  })

  test('of a name that does not exist fails', async () => {
    const tests = conformance({ create: twin, skip: { 'sort/unheard of': 'why' }, report: () => {} })
    await expect(tests.at(-1)!.run()).rejects.toThrow(
      'skip: every key must name a test or a group of tests, got [sort/unheard of].',
    )
  })
})
