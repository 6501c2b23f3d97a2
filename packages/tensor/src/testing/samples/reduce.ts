// Samples of reductions, and of extremes with their positions.
import { aminmax, argmax, argmin, max, min } from '../../ops/extremes.ts'
import {
  all,
  amax,
  amin,
  any,
  countNonzero,
  mean,
  prod,
  std,
  sum,
  var as variance,
} from '../../ops/reduce.ts'
import { everyDtype, floats, fullFloats, mainDtypes } from '../sample.ts'
import type { Family, Sample } from '../sample.ts'
import type { DType } from '../../dtype.ts'
import type { Tensor } from '../../tensor.ts'

const shape = [3, 5, 4]
type Reduce = (self: Tensor, dim?: number | number[] | null, options?: { keepdim?: boolean }) => Tensor

const family = (name: string, fn: Reduce, dtypes: readonly DType[], slack = 4): Sample[] => [
  {
    name,
    dtypes,
    slack,
    inputs: [{ shape }],
    run: ([x]) => [fn(x), fn(x, 0), fn(x, 1), fn(x, -1), fn(x, [0, 2], { keepdim: true })],
  },
  {
    name: `${name} of long lines`,
    dtypes: dtypes.filter((dtype) => dtype === 'float32' || dtype === 'int64'),
    slack: 20,
    inputs: [{ shape: [3, 1027], values: 'unit' }],
    run: ([x]) => [fn(x, 1), fn(x, 0), fn(x)],
  },
]

export const reduceFamily: Family = {
  name: 'reduce',
  samples: [
    ...family('sum', sum, everyDtype),
    ...family('mean', mean, floats),
    ...family('amax', amax, everyDtype),
    ...family('amin', amin, everyDtype),
    ...family('any', any, everyDtype),
    ...family('all', all, everyDtype),
    ...family('var', (x, dim, options) => variance(x, dim, options), floats, 10),
    ...family('std', (x, dim, options) => std(x, dim, options), floats, 10),
    ...family('countNonzero', (x, dim) => countNonzero(x, dim), everyDtype),
    {
      name: 'prod',
      dtypes: mainDtypes,
      slack: 20,
      inputs: [{ shape: [4, 3] }],
      run: ([x]) => [prod(x), prod(x, 0), prod(x, 1)],
    },
    {
      name: 'empty',
      dtypes: mainDtypes,
      inputs: [{ shape: [0, 3] }],
      run: ([x]) => [sum(x), sum(x, 0), prod(x), any(x, 0), all(x), sum(x, 1)],
    },
    {
      name: 'sum of 0 dims',
      dtypes: mainDtypes,
      inputs: [{ shape: [] }],
      run: ([x]) => [sum(x), sum(x, 0), amax(x, -1)],
    },
    {
      name: 'with NaN',
      dtypes: fullFloats,
      inputs: [{ shape: [13, 2], values: 'extremes' }],
      run: ([x]) => [amax(x, 0), amin(x), sum(x, 1), any(x, 1)],
    },
  ],
}

export const extremesFamily: Family = {
  name: 'extremes',
  samples: [
    {
      name: 'max and min along a dim',
      dtypes: everyDtype,
      inputs: [{ shape }],
      run: ([x]) =>
        [0, 1, 2].flatMap((dim) =>
          [max(x, dim), min(x, dim, { keepdim: true })].flatMap(({ values, indices }) => [values, indices]),
        ),
    },
    { name: 'max and min', dtypes: everyDtype, inputs: [{ shape }], run: ([x]) => [max(x), min(x)] },
    {
      name: 'argmax and argmin',
      dtypes: everyDtype,
      inputs: [{ shape }],
      run: ([x]) => [argmax(x), argmin(x), argmax(x, 1), argmin(x, -1, { keepdim: true })],
    },
    {
      name: 'first of equals',
      dtypes: everyDtype,
      inputs: [{ shape: [4, 40], values: 'truth' }],
      run: ([x]) => [argmax(x, 1), argmin(x, 0), max(x, 1).indices],
    },
    {
      name: 'NaN',
      dtypes: floats,
      inputs: [{ shape: [13, 3], values: 'extremes' }],
      run: ([x]) => [argmax(x, 0), argmin(x, 1), max(x, 0).values, max(x)],
    },
    {
      name: 'aminmax',
      dtypes: mainDtypes,
      inputs: [{ shape }],
      run: ([x]) => Object.values(aminmax(x, { dim: 1 })),
    },
  ],
}
