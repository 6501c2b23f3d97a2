// Samples of complex tensors: backends see windows on the parts, with doubled strides and odd offsets.
import { addcmul, mul } from '../../ops/arithmetic.ts'
import { complex, polar, viewAsComplex, viewAsReal } from '../../ops/complex.ts'
import { conj, imag, real } from '../../ops/complex-parts.ts'
import { conv1d } from '../../ops/conv.ts'
import { clone, copy_, fill_, to } from '../../ops/copy.ts'
import { indexAdd, indexSelect } from '../../ops/indexing.ts'
import { cat } from '../../ops/join.ts'
import { bmm } from '../../ops/matmul.ts'
import { mean, prod, sum } from '../../ops/reduce.ts'
import { cumprod, cumsum } from '../../ops/scan.ts'
import { transpose } from '../../ops/views.ts'
import { Complex } from '../../complex-number.ts'
import { complexes } from '../sample.ts'
import type { Family } from '../sample.ts'

const writable = ['contiguous', 'transposed', 'sliced'] as const
export const complexFamily: Family = {
  name: 'complex',
  samples: [
    {
      name: 'complex',
      dtypes: ['float32', 'float64'],
      inputs: [{ shape: [3, 5] }, { shape: [5] }],
      run: ([x, y]) => [complex(x, y), polar(x, y)],
    },
    {
      name: 'viewAsComplex',
      dtypes: ['float32', 'float64'],
      inputs: [{ shape: [3, 2] }],
      layouts: ['contiguous'],
      run: ([x]) => conj(viewAsComplex(x)),
    },
    {
      name: 'parts',
      dtypes: complexes,
      inputs: [{ shape: [4, 5] }],
      run: ([z]) => [clone(real(z)), clone(imag(z)), clone(viewAsReal(z)), conj(z)],
    },
    {
      name: 'casts',
      dtypes: complexes,
      inputs: [{ shape: [4, 5] }],
      run: ([z]) => [to(z, 'float32'), to(z, 'complex64'), to(z, 'bool'), to(z, 'int32')],
    },
    {
      name: 'copy_ and fill_',
      dtypes: complexes,
      layouts: writable,
      inputs: [{ shape: [3, 4] }, { shape: [4] }, { shape: [2, 3], dtype: 'float32' }],
      run: ([z, w, x]) => [
        copy_(z, w),
        copy_(transpose(clone(z), 0, 1).narrow(0, 0, 2), x),
        fill_(clone(z), new Complex(1, -2)),
      ],
    },
    {
      name: 'of mixed dtypes',
      dtypes: complexes,
      inputs: [{ shape: [3, 4] }, { shape: [4], dtype: 'float32' }, { shape: [3, 1], dtype: 'int32' }],
      run: ([z, x, n]) => [mul(z, x), addcmul(z, x, n), mul(n, new Complex(0, 2))],
    },
    {
      name: 'reductions',
      dtypes: complexes,
      slack: 4,
      inputs: [{ shape: [3, 4, 5], values: 'unit' }],
      run: ([z]) => [sum(z), sum(z, [0, 2]), mean(z, 1), prod(z, 2), cumsum(z, 1), cumprod(z, 2)],
    },
    {
      name: 'bmm',
      dtypes: complexes,
      slack: 4,
      inputs: [{ shape: [2, 3, 4] }, { shape: [2, 4, 5] }],
      run: ([a, b]) => bmm(a, b),
    },
    {
      name: 'conv1d',
      dtypes: complexes,
      slack: 4,
      inputs: [{ shape: [2, 4, 7] }, { shape: [2, 2, 3] }, { shape: [2] }],
      run: ([x, w, b]) => conv1d(x, w, b, { groups: 2, padding: 1 }),
    },
    {
      name: 'indexing',
      dtypes: complexes,
      inputs: [{ shape: [4, 3] }, { shape: [5, 3] }, { shape: [5], dtype: 'int64', values: { below: 4 } }],
      run: ([z, w, i]) => [indexSelect(z, 0, i), indexAdd(z, 0, i, w), cat([z, w])],
    },
  ],
}
