// Fused kernels against the decompositions, which the reference backend runs: values and gradients.
import { describe, expect, test } from '@jest/globals'
import { IndexError, crossEntropy, grad, nllLoss, tensor } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
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
