// Samples of what core kernels may be asked for but few ops do: several outputs, run-time numbers, sizes.
import { mapKernel, nextKernelId } from '../../dispatch/pointwise-record.ts'
import { inPlaceMap } from '../../dispatch/update.ts'
import { dtypes } from '../../dtype.ts'
import { input, param } from '../../expr/expr.ts'
import { newTensor } from '../../tensor.ts'
import type { ReduceKernel } from '../../backend/kernels.ts'
import { fullFloats } from '../sample.ts'
import type { Family } from '../sample.ts'

const adam = inPlaceMap(
  'adamStep',
  ['p', 'g', 'm', 'v'],
  ['lr', 'beta1', 'beta2', 'eps'],
  ({ p, g, m, v }, { lr, beta1, beta2, eps }) => {
    const mean = m.mul(beta1).add(g.sub(g.mul(beta1)))
    const square = v.mul(beta2).add(g.mul(g).sub(g.mul(g).mul(beta2)))
    return { p: p.sub(lr.mul(mean).div(square.sqrt().add(eps))), m: mean, v: square }
  },
)

const split = mapKernel('splitSign', [dtypes.float32, dtypes.int32], 1, 'f32', [
  { expr: input(0).max(param(0)), dtype: dtypes.float32 },
  { expr: input(0).lt(param(0)), dtype: dtypes.bool },
  { expr: input(1).mul(input(0)).floor(), dtype: dtypes.int64 },
])

const distance: ReduceKernel = {
  kind: 'reduce',
  id: nextKernelId(),
  name: 'distance',
  inputs: [dtypes.float32, dtypes.float32],
  paramCount: 1,
  compute: 'f32',
  combine: 'sum',
  map: input(0).sub(input(1)).square().mul(param(0)),
  finish: input(0).sqrt(),
  output: dtypes.float32,
}

const writable = ['contiguous', 'transposed', 'sliced'] as const

export const kernelsFamily: Family = {
  name: 'kernels',
  samples: [
    {
      name: 'map into several tensors in place',
      dtypes: fullFloats,
      slack: 4,
      layouts: writable,
      inputs: [
        { shape: [5, 7] },
        { shape: [5, 7] },
        { shape: [5, 7] },
        { shape: [5, 7], values: 'positive' },
      ],
      run: (tensors) => {
        const [p, g, m, v] = tensors
        adam({ p, g, m, v }, { lr: 0.01, beta1: 0.9, beta2: 0.99, eps: 1e-8 })
        return [p, m, v]
      },
    },
    {
      name: 'map with outputs of other dtypes',
      dtypes: ['float32'],
      inputs: [{ shape: [3, 6] }, { shape: [6], dtype: 'int32' }],
      run: ([x, y]) => {
        const { backend } = x.storage
        const outputs = split.outputs.map(({ dtype }) => newTensor(backend, dtype, x.shape))
        backend.kernels.map(split, [x, y], [0.5], outputs)
        return outputs
      },
    },
    {
      name: 'reduce of two inputs with a map and a finish',
      dtypes: ['float32'],
      slack: 4,
      inputs: [{ shape: [4, 1, 6] }, { shape: [3, 6] }],
      run: ([x, y]) => {
        const out = newTensor(x.storage.backend, dtypes.float32, [4, 3, 1])
        x.storage.backend.kernels.reduce(distance, [4, 3, 6], [x, y], [2], out)
        return out
      },
    },
    {
      name: 'sizes from 1 to 40',
      dtypes: ['float32', 'float64', 'int64', 'uint8', 'float16', 'bool'],
      layouts: ['contiguous', 'sliced'],
      inputs: Array.from({ length: 40 }, (_, i) => ({ shape: [i + 1] })),
      run: (tensors) => tensors.flatMap((x) => [x.to('float32').mul(2).add(1), x.sum(), x.to('int64')]),
    },
    {
      name: 'many elements',
      dtypes: ['float32', 'float64', 'int32'],
      slack: 100,
      layouts: ['contiguous', 'sliced'],
      inputs: [{ shape: [20001] }, { shape: [20001], values: 'unit' }],
      run: ([x, y]) => [x.mul(y).add(1), x.sum(), x.amax(), x.lt(y)],
    },
  ],
}
