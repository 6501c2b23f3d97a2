// Samples of reading and writing by index tensors.
import { index, indexPut, indexPut_ } from '../../ops/advanced-index.ts'
import { maskedFill } from '../../ops/comparison.ts'
import { where } from '../../ops/choice.ts'
import { embedding } from '../../ops/embedding.ts'
import { IndexError } from '../../errors.ts'
import { gather, indexAdd, indexCopy, indexFill, indexSelect } from '../../ops/indexing.ts'
import { take } from '../../ops/flat-indexing.ts'
import { maskedScatter, maskedSelect } from '../../ops/masked-elements.ts'
import { nonzero } from '../../ops/nonzero.ts'
import { scatter, scatterAdd, scatterReduce } from '../../ops/scatter.ts'
import { everyDtype, floats, mainDtypes, numbers } from '../sample.ts'
import type { Family, InputSpec } from '../sample.ts'

const at = (shape: readonly number[], below: number): InputSpec => ({
  shape,
  dtype: 'int64',
  values: { below },
})
const list = (values: readonly number[]): InputSpec => ({
  shape: [values.length],
  dtype: 'int64',
  values: { list: values },
})
const mask = (shape: readonly number[]): InputSpec => ({ shape, dtype: 'bool' })

export const indexingFamily: Family = {
  name: 'indexing',
  samples: [
    {
      name: 'gather',
      dtypes: everyDtype,
      inputs: [{ shape: [4, 5, 3] }, at([4, 2, 3], 5)],
      run: ([x, i]) => gather(x, 1, i),
    },
    {
      name: 'gather along other dims',
      dtypes: mainDtypes,
      inputs: [{ shape: [3, 3] }, at([3, 3], 3)],
      run: ([x, i]) => [gather(x, 0, i), gather(x, -1, i)],
    },
    {
      name: 'indexSelect',
      dtypes: everyDtype,
      inputs: [{ shape: [4, 5] }, at([6], 4)],
      run: ([x, i]) => [indexSelect(x, 0, i), indexSelect(x, 1, i)],
    },
    {
      name: 'take',
      dtypes: mainDtypes,
      inputs: [{ shape: [4, 5] }, at([2, 3], 20)],
      run: ([x, i]) => take(x, i),
    },
    {
      name: 'index',
      dtypes: everyDtype,
      inputs: [{ shape: [4, 5, 3] }, at([2, 3], 4), at([3], 5)],
      run: ([x, i, j]) => [index(x, [i, j]), index(x, [i]), index(x, [null, j])],
    },
    {
      name: 'index with dims between',
      dtypes: mainDtypes,
      inputs: [{ shape: [4, 5, 3] }, at([3], 4), at([3], 3)],
      run: ([x, i, j]) => index(x, [i, null, j]),
    },
    {
      name: 'negative indices',
      dtypes: mainDtypes,
      layouts: ['contiguous'],
      inputs: [{ shape: [4, 2] }, list([-1, 0, -4])],
      run: ([x, i]) => index(x, [i]),
    },
    {
      name: 'indexPut',
      dtypes: everyDtype,
      inputs: [{ shape: [4, 5] }, { shape: [3] }, list([0, 3, 1]), list([4, 0, 2])],
      layouts: ['contiguous', 'transposed', 'sliced'],
      run: ([x, values, i, j]) => [indexPut(x, [i, j], values), indexPut_(x, [i], values.sum().to(x.dtype))],
    },
    {
      name: 'indexPut that accumulates',
      dtypes: numbers,
      inputs: [{ shape: [4, 5] }, { shape: [6, 5] }, at([6], 4)],
      slack: 4,
      run: ([x, values, i]) => indexPut(x, [i], values, { accumulate: true }),
    },
    {
      name: 'masks',
      dtypes: everyDtype,
      inputs: [{ shape: [4, 5] }, mask([4, 5]), { shape: [20] }],
      layouts: ['contiguous', 'transposed', 'sliced'],
      run: ([x, m, source]) => [
        maskedSelect(x, m),
        maskedFill(x, m, 1),
        maskedScatter(x, m, source),
        nonzero(x),
      ],
    },
    {
      name: 'where',
      dtypes: everyDtype,
      inputs: [mask([4, 5]), { shape: [4, 5] }, { shape: [5] }],
      run: ([m, x, y]) => where(m, x, y),
    },
    {
      name: 'embedding',
      dtypes: floats,
      inputs: [{ shape: [7, 3] }, at([2, 4], 7)],
      run: ([weight, i]) => embedding(i, weight),
    },
  ],
  errors: [
    {
      name: 'gather',
      inputs: [{ shape: [2, 3] }, list([0, 3])],
      error: IndexError,
      message: /index 3 is out of bounds for dim 1 with size 3/,
      run: ([x, i]) => gather(x, 1, i.view([2, 1])),
    },
    {
      name: 'index',
      inputs: [{ shape: [2, 3] }, list([0, -3])],
      error: IndexError,
      message: /index -3 is out of bounds for dim 0 with size 2/,
      run: ([x, i]) => index(x, [i]),
    },
    {
      name: 'indexPut',
      inputs: [{ shape: [4] }, list([0, 1, 4]), { shape: [3] }],
      error: IndexError,
      message: /index 4 is out of bounds for dim 0 with size 4/,
      run: ([x, i, v]) => indexPut_(x, [i], v),
    },
    {
      name: 'indexSelect',
      inputs: [{ shape: [2, 3] }, list([2])],
      error: IndexError,
      message: /index 2 is out of bounds/,
      run: ([x, i]) => indexSelect(x, 0, i),
    },
  ],
}

export const scatterFamily: Family = {
  name: 'scatter',
  samples: [
    {
      name: 'scatter',
      dtypes: everyDtype,
      inputs: [
        { shape: [3, 5] },
        { shape: [2, 5], dtype: 'int64', values: { list: [0, 1, 2, 0, 1, 1, 2, 0, 2, 2] } },
        { shape: [2, 5] },
      ],
      layouts: ['contiguous'],
      run: ([x, i, source]) => [scatter(x, 0, i, source), scatter(x, 0, i, 1)],
    },
    {
      name: 'scatterAdd',
      dtypes: numbers,
      slack: 6,
      inputs: [{ shape: [3, 5] }, at([4, 5], 3), { shape: [4, 5] }],
      run: ([x, i, source]) => scatterAdd(x, 0, i, source),
    },
    {
      name: 'scatterReduce',
      dtypes: ['float32', 'float64', 'int64', 'int32'],
      slack: 10,
      inputs: [{ shape: [3, 5] }, at([6, 5], 3), { shape: [6, 5] }],
      run: ([x, i, source]) =>
        (['sum', 'prod', 'amax', 'amin'] as const).map((reduce) => scatterReduce(x, 0, i, source, reduce)),
    },
    {
      name: 'indexAdd',
      dtypes: numbers,
      slack: 4,
      inputs: [{ shape: [4, 3] }, at([5], 4), { shape: [5, 3] }],
      run: ([x, i, source]) => indexAdd(x, 0, i, source),
    },
    {
      name: 'indexCopy and indexFill',
      dtypes: everyDtype,
      layouts: ['contiguous', 'transposed'],
      inputs: [{ shape: [4, 3] }, list([2, 0]), { shape: [2, 3] }],
      run: ([x, i, source]) => [indexCopy(x, 0, i, source), indexFill(x, 1, i, 1)],
    },
  ],
  errors: [
    {
      name: 'scatterAdd',
      inputs: [{ shape: [2] }, list([0, 5]), { shape: [2] }],
      error: IndexError,
      message: /index 5 is out of bounds/,
      run: ([x, i, source]) => scatterAdd(x, 0, i, source),
    },
  ],
}
