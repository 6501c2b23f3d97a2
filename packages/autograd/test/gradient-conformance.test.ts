// The gradient kit: the cpu backend passes it, so does one without float64, and a backend with a wrong kernel does not.
import { describe, expect, test } from '@jest/globals'
import { createCpuBackend } from '@tt/backend-cpu'
import { dtypes } from '@tt/autograd'
import type { Backend, Operand } from '@tt/autograd'
import { gradientConformance, gradientFamilies } from '@tt/autograd/testing'
import { createReferenceBackend } from '@tt/tensor/testing'

const report = (summary: string): void => void process.stderr.write(`${summary}\n`)

describe('on cpu', () => {
  for (const { name, run } of gradientConformance({ create: () => createCpuBackend(), report }))
    test(name, run)
})

describe('in float32 where there is no float64', () => {
  const narrow: Backend = {
    ...createReferenceBackend(),
    device: 'narrow',
    supports: (dtype) => dtype !== dtypes.float64,
  }
  const families = /^(activation|convolution|join|matmul|normalization)\//
  for (const { name, run } of gradientConformance({ create: () => narrow, report: () => {} })) {
    if (families.test(name)) test(name, run)
  }
})

test('every sample is a test', () => {
  const names = gradientConformance({ create: createReferenceBackend }).map(({ name }) => name)
  expect(names.length).toBe(Object.values(gradientFamilies).flat().length + 1)
  expect(new Set(names).size).toBe(names.length)
})

test('a wrong scatter shows in the gradients of gathers', async () => {
  const inner = { ...createReferenceBackend(), device: 'wrong' }
  const scatter: Backend['kernels']['scatter'] = (target: Operand, dim, index, source) =>
    inner.kernels.scatter(target, dim, index, source, 'set')
  const wrong: Backend = { ...inner, kernels: { ...inner.kernels, scatter } }
  const tests = gradientConformance({ create: () => wrong })
  const gather = tests.find(({ name }) => name === 'indexing/gather, takeAlongDim')!
  await expect(gather.run()).rejects.toThrow(/expected at flat index \d+ of \d+, got/)
})
