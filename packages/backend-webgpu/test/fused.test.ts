// Fused kernels against the decompositions, which the reference backend runs: values and gradients.
import { describe, expect, test } from '@jest/globals'
import {
  IndexError,
  batchNorm,
  crossEntropy,
  grad,
  groupNorm,
  instanceNorm,
  layerNorm,
  nllLoss,
  tensor,
} from '@tt/autograd'
import type { DType, Tensor } from '@tt/autograd'
import { synchronize } from '@tt/backend-webgpu'
import { backend, expectSame, filled } from './gpu.ts'
import type { Make } from './gpu.ts'

const devices = ['webgpu', 'webgpu:other']
/** The result, and the gradients of its sum times some factors. */
function withGradients(make: Make, result: Tensor, ...inputs: Tensor[]): Tensor[] {
  const gradOutputs = filled(make, result.shape, { seed: 7 })
  return [result.detach(), ...grad(result, inputs, { gradOutputs })]
}

describe('nllLoss', () => {
  const targets = (make: Make, n: number): Tensor =>
    make(Array.from({ length: n }, (_, i) => BigInt(i % 7 === 3 ? -100 : (i * 5) % 4)))
  test.each([3, 40, 1000])('of %i rows, weighted or not, mean and sum', (rows) =>
    expectSame(
      (make) =>
        (['mean', 'sum'] as const).flatMap((reduction) =>
          [null, make([0.5, 1, 2, 0.25])].flatMap((weight) => {
            const x = filled(make, [rows, 4], { scale: 3 }).requiresGrad_()
            return withGradients(make, nllLoss(x, targets(make, rows), weight, { reduction }), x)
          }),
        ),
      { devices, rtol: 1e-5 },
    ),
  )
  test('of strided inputs, half types, and where all are ignored', () =>
    expectSame(
      (make) => {
        const x = filled(make, [4, 9], { scale: 3 }).requiresGrad_()
        const half = filled(make, [9, 4], { dtype: 'float16', scale: 3 }).requiresGrad_()
        const y = filled(make, [9, 4]).requiresGrad_()
        return [
          ...withGradients(make, nllLoss(x.t(), targets(make, 18).at('::2')), x),
          ...withGradients(make, crossEntropy(half, targets(make, 9)), half).map((t) => t.to('float32')),
          ...withGradients(make, nllLoss(y, targets(make, 9).mul(0), null, { ignoreIndex: 0 }), y),
        ]
      },
      { devices, rtol: 1e-3 },
    ))
  test('two kernels forward (logSoftmax, nllLoss), two back', async () => {
    const x = filled((data) => tensor(data, { device: 'webgpu' }), [64, 10]).requiresGrad_()
    const target = tensor(
      Array.from({ length: 64 }, (_, i) => BigInt(i % 10)),
      { device: 'webgpu' },
    )
    await synchronize()
    const before = backend.runtime.counts.dispatches
    const loss = crossEntropy(x, target)
    expect(backend.runtime.counts.dispatches - before).toBe(2)
    loss.backward()
    expect(backend.runtime.counts.dispatches - before).toBeLessThanOrEqual(5) // with the ones that it begins with
  })
  test('a bad target is an error of the next read', async () => {
    for (const device of devices) {
      const x = filled((data) => tensor(data, { device }), [3, 4])
      const loss = nllLoss(x, tensor([0n, 4n, 1n], { device }))
      await expect(loss.itemAsync()).rejects.toThrow(IndexError)
      await expect(loss.itemAsync()).resolves.toBeDefined()
    }
  })
})

describe('normalisation of rows', () => {
  const norms: Record<string, (make: Make, dtype: DType) => Tensor[]> = {
    'layerNorm over one dim': (make, dtype) => {
      const x = filled(make, [5, 70], { dtype, scale: 3 }).add(2).detach().requiresGrad_()
      const [weight, bias] = [1, 2].map((seed) => filled(make, [70], { dtype, seed }).requiresGrad_())
      return withGradients(make, layerNorm(x, [70], weight, bias), x, weight, bias)
    },
    'layerNorm over two dims, without weight or bias': (make, dtype) => {
      const x = filled(make, [3, 2, 4, 6], { dtype }).requiresGrad_()
      return withGradients(make, layerNorm(x, [4, 6]), x)
    },
    groupNorm: (make, dtype) => {
      const x = filled(make, [2, 6, 5, 4], { dtype }).requiresGrad_()
      const [weight, bias] = [1, 2].map((seed) => filled(make, [6], { dtype, seed }).requiresGrad_())
      return withGradients(make, groupNorm(x, 3, weight, bias, { eps: 1e-3 }), x, weight, bias)
    },
    'instanceNorm, a weight only, of a view': (make, dtype) => {
      const x = filled(make, [2, 40, 3], { dtype }).requiresGrad_()
      const weight = filled(make, [3], { dtype }).requiresGrad_()
      return withGradients(make, instanceNorm(x.transpose(1, 2), null, null, weight), x, weight)
    },
    'batchNorm, whose rows are not dense': (make, dtype) => {
      const x = filled(make, [4, 3, 10], { dtype }).requiresGrad_()
      const weight = filled(make, [3], { dtype }).requiresGrad_()
      return withGradients(make, batchNorm(x, null, null, weight, null, { training: true }), x, weight)
    },
  }
  test.each(Object.entries(norms))('%s', async (_, run) => {
    await expectSame((make) => run(make, 'float32'), { devices, rtol: 2e-5, atol: 2e-5 })
    const half = (make: Make): Tensor[] => run(make, 'float16').map((x) => x.to('float32'))
    await expectSame(half, { devices, rtol: 5e-3, atol: 5e-3 })
  })
  test('in one kernel forward', async () => {
    const make: Make = (data) => tensor(data, { device: 'webgpu' })
    const [x, weight, bias] = [filled(make, [4, 64]), filled(make, [64]), filled(make, [64])]
    layerNorm(x, [64], weight, bias)
    const before = backend.runtime.counts.dispatches
    layerNorm(x, [64], weight, bias)
    expect(backend.runtime.counts.dispatches - before).toBe(1)
  })
})
