// Samples of ops along a dim: running totals, sorting, searching.
import { cummax, cummin, cumprod, cumsum, logcumsumexp } from '../../ops/scan.ts'
import { argsort, kthvalue, median, mode, nanmedian, sort, topk } from '../../ops/sort.ts'
import { bucketize, searchsorted } from '../../ops/search.ts'
import { everyDtype, floats, fullFloats, mainDtypes, numbers } from '../sample.ts'
import type { Family } from '../sample.ts'
import type { Tensor } from '../../tensor.ts'

const shape = [4, 6, 3]
const both = ({ values, indices }: { values: Tensor; indices: Tensor }): Tensor[] => [values, indices]

export const scanFamily: Family = {
  name: 'scan',
  samples: [
    {
      name: 'cumsum',
      dtypes: everyDtype,
      slack: 6,
      inputs: [{ shape }],
      run: ([x]) => [cumsum(x, 0), cumsum(x, 1), cumsum(x, -1)],
    },
    {
      name: 'cumprod',
      dtypes: everyDtype,
      slack: 10,
      inputs: [{ shape: [3, 4], values: 'unit' }],
      run: ([x]) => [cumprod(x, 0), cumprod(x, 1)],
    },
    {
      name: 'cummax and cummin',
      dtypes: numbers,
      inputs: [{ shape }],
      run: ([x]) => [0, 1, 2].flatMap((dim) => [...both(cummax(x, dim)), ...both(cummin(x, dim))]),
    },
    {
      name: 'last of equals',
      dtypes: numbers,
      inputs: [{ shape: [3, 20], values: 'truth' }],
      run: ([x]) => [...both(cummax(x, 1)), ...both(cummin(x, 0))],
    },
    {
      name: 'NaN',
      dtypes: fullFloats,
      inputs: [{ shape: [13, 2], values: 'extremes' }],
      run: ([x]) => [cumsum(x, 1), ...both(cummax(x, 0)), ...both(cummin(x, 0))],
    },
    {
      name: 'logcumsumexp',
      dtypes: fullFloats,
      slack: 5,
      inputs: [{ shape }],
      run: ([x]) => [logcumsumexp(x, 0), logcumsumexp(x, 2)],
    },
  ],
}

export const sortFamily: Family = {
  name: 'sort',
  samples: [
    {
      name: 'sort',
      dtypes: everyDtype,
      inputs: [{ shape }],
      run: ([x]) => [...both(sort(x)), ...both(sort(x, 0)), ...both(sort(x, 1, { descending: true }))],
    },
    {
      name: 'stable',
      dtypes: everyDtype,
      inputs: [{ shape: [3, 50], values: 'truth' }],
      run: ([x]) => [...both(sort(x, 1)), ...both(sort(x, 1, { descending: true })), argsort(x, 0)],
    },
    {
      name: 'NaN last',
      dtypes: floats,
      inputs: [{ shape: [13, 2], values: 'extremes' }],
      run: ([x]) => [...both(sort(x, 0)), ...both(sort(x, 0, { descending: true }))],
    },
    {
      name: 'long',
      dtypes: ['float32', 'int64'],
      inputs: [{ shape: [2, 3000] }],
      layouts: ['contiguous', 'transposed'],
      run: ([x]) => both(sort(x)),
    },
    {
      name: 'few of a long line',
      dtypes: ['float32', 'int64'],
      inputs: [{ shape: [2, 1500] }],
      layouts: ['contiguous', 'transposed'],
      run: ([x]) => [
        topk(x, 20).values,
        topk(x, 3, 1, { largest: false }).values,
        kthvalue(x, 700).values,
        median(x, 1).values,
        nanmedian(x),
      ],
    },
    {
      name: 'topk',
      dtypes: numbers,
      inputs: [
        {
          shape: [4, 9],
          values: {
            list: [3, 1, 4, 15, 9, 2, 6, 5, 35, 8, 97, 93, 23, 84, 62, 64, 33, 83, 27, 95, 28, 41, 71],
          },
        },
      ],
      run: ([x]) => [topk(x, 3).values, topk(x, 2, 0, { largest: false }).values, topk(x, 9).values],
    },
    {
      name: 'median, kthvalue, mode',
      dtypes: ['float32', 'int64'],
      inputs: [{ shape: [5, 7] }],
      run: ([x]) => [
        median(x),
        nanmedian(x),
        nanmedian(x, 0).values,
        median(x, 1).values,
        kthvalue(x, 2, 0).values,
        mode(x, 1).values,
      ],
    },
    {
      name: 'searchsorted',
      dtypes: numbers,
      layouts: ['contiguous'],
      inputs: [
        { shape: [5], values: { list: [1, 3, 5, 7, 9] } },
        { shape: [3, 4], values: 'positive' },
      ],
      run: ([boundaries, x]) => [searchsorted(boundaries, x), bucketize(x, boundaries, { right: true })],
    },
    {
      name: 'empty',
      dtypes: mainDtypes,
      inputs: [{ shape: [0, 3] }, { shape: [] }],
      run: ([x, y]) => [...both(sort(x, 0)), ...both(sort(y))],
    },
  ],
}
