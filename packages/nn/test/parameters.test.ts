// Functions over all parameters: clipping gradients, one vector.
import '@tt/backend-cpu'
import { describe, expect, test } from '@jest/globals'
import { arange, tensor, zeros } from '@tt/autograd'
import { Linear, Parameter, utils } from '@tt/nn'
import { expectClose, readFixture, tensorOf } from './golden.ts'
import type { Recorded } from './golden.ts'

interface ClipCase {
  name: string
  kwargs: { max_norm?: number; norm_type?: number | string; clip_value?: number }
  grads_before: Recorded[]
  grads_after: Recorded[]
  returns: Recorded | null
}

describe('clipping', () => {
  test.each(
    readFixture<ClipCase[]>('clip').map(
      (item) => [`${item.name} ${JSON.stringify(item.kwargs)}`, item] as const,
    ),
  )('%s', (_title, item) => {
    const parameters = item.grads_before.map((grad) => {
      const parameter = new Parameter(zeros(grad.shape))
      parameter.grad = tensorOf(grad)
      return parameter
    })
    const all = [...parameters, new Parameter(zeros([2]))] // one without a gradient
    const { max_norm: maxNorm = 0, norm_type: normType = 2, clip_value: clipValue = 0 } = item.kwargs
    const tolerance = { atol: 1e-6, rtol: 1e-5 }
    if (item.returns !== null) {
      const total = utils.clipGradNorm_(all, maxNorm, {
        normType: normType === 'inf' ? Infinity : Number(normType),
      })
      expectClose('norm', total, item.returns, tolerance)
    } else utils.clipGradValue_(all, clipValue)
    parameters.forEach((parameter, i) =>
      expectClose(`gradient ${i}`, parameter.grad, item.grads_after[i], tolerance),
    )
  })

  test('a norm that is not finite, and no gradients at all', () => {
    const parameter = new Parameter(zeros([1]))
    expect(utils.clipGradNorm_([parameter], 1).item()).toBe(0)
    parameter.grad = tensor([Infinity])
    expect(() => utils.clipGradNorm_(parameter, 1, { errorIfNonfinite: true })).toThrow(
      'clipGradNorm_: the norm of all gradients must be finite, got Infinity.',
    )
    expect(parameter.grad.tolist()).toEqual([Infinity])
  })
})

test('parameters to a vector and back', () => {
  const layer = new Linear(2, 2)
  utils.vectorToParameters(arange(6).float(), layer.parameters())
  expect(layer.weight.tolist()).toEqual([
    [0, 1],
    [2, 3],
  ])
  expect(layer.bias!.tolist()).toEqual([4, 5])
  const vector = utils.parametersToVector(layer.parameters())
  expect(vector.tolist()).toEqual([0, 1, 2, 3, 4, 5])
  vector.sum().backward()
  expect(layer.bias!.grad!.tolist()).toEqual([1, 1])
  expect(() => utils.vectorToParameters(zeros([5]), layer.parameters())).toThrow(
    'vectorToParameters: the vector must have one dim of 6 elements, got [5].',
  )
})
