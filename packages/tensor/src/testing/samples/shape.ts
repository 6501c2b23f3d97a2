// Samples of copies, casts, views and joins: the kernels that only move elements.
import { clone, contiguous, copy_, fill_, to } from '../../ops/copy.ts'
import { cat, stack } from '../../ops/join.ts'
import { constantPadNd, pad } from '../../ops/pad.ts'
import { flip, repeat, roll } from '../../ops/repetition.ts'
import { diagEmbed, tril, triu } from '../../ops/matrix-parts.ts'
import { diagonalScatter, selectScatter, sliceScatter } from '../../ops/window-scatter.ts'
import {
  alias,
  asStrided,
  diagonal,
  expand,
  narrow,
  permute,
  reshape,
  select,
  slice,
  transpose,
  unfold,
} from '../../ops/views.ts'
import { everyDtype, mainDtypes, numbers } from '../sample.ts'
import type { Family, Sample } from '../sample.ts'

const casts = everyDtype.map((target): Sample => ({
  name: `to ${target}`,
  dtypes: everyDtype,
  inputs: [{ shape: [3, 7] }],
  run: ([x]) => to(x, { dtype: target, copy: true }),
}))
const writable = ['contiguous', 'transposed', 'sliced'] as const

export const copyFamily: Family = {
  name: 'copy',
  samples: [
    ...casts,
    {
      name: 'casts that do not fit',
      dtypes: ['float32', 'float64', 'int64', 'int32'],
      inputs: [
        { shape: [10], values: { list: [300.7, -1.5, -200, 70000, 5e9, -3e9, 128, 255, 65536, -129] } },
      ],
      layouts: ['contiguous'],
      run: ([x]) => everyDtype.map((dtype) => to(x, { dtype })),
    },
    {
      name: 'NaN and infinities as integers',
      dtypes: ['float32', 'float64', 'float16', 'bfloat16'],
      inputs: [{ shape: [3], values: { list: [NaN, Infinity, -Infinity] } }],
      layouts: ['contiguous'],
      run: ([x]) => everyDtype.map((dtype) => to(x, { dtype })),
    },
    {
      name: 'clone',
      dtypes: everyDtype,
      inputs: [{ shape: [2, 3, 4] }],
      run: ([x]) => [clone(x), contiguous(x)],
    },
    {
      name: 'copy_ broadcast',
      dtypes: everyDtype,
      layouts: writable,
      inputs: [{ shape: [3, 4] }, { shape: [4] }],
      run: ([x, y]) => copy_(x, y),
    },
    {
      name: 'copy_ with a cast',
      dtypes: everyDtype,
      layouts: writable,
      inputs: [{ shape: [3, 4] }, { shape: [3, 1], dtype: 'float32' }],
      run: ([x, y]) => copy_(x, y),
    },
    {
      name: 'fill_',
      dtypes: everyDtype,
      layouts: writable,
      inputs: [{ shape: [3, 4] }],
      run: ([x]) => fill_(x, 3),
    },
    {
      name: 'writing through a view',
      dtypes: everyDtype,
      layouts: writable,
      inputs: [{ shape: [4, 5] }],
      run: ([x]) => {
        fill_(select(x, 0, 1), 1)
        copy_(slice(x, 1, 1, 4, 2), slice(x, 1, 0, 3, 2))
        return x
      },
    },
  ],
}

export const viewsFamily: Family = {
  name: 'views',
  samples: [
    {
      name: 'views, read',
      dtypes: mainDtypes,
      inputs: [{ shape: [4, 5, 6] }],
      run: ([x]) => [
        transpose(x, 0, 2),
        permute(x, [2, 0, 1]),
        select(x, 1, -1),
        narrow(x, 2, 1, 3),
        slice(x, 0, 0, 4, 2),
        diagonal(x),
        unfold(x, 1, 3, 2),
        expand(select(x, 0, 0), [2, 5, 6]),
        reshape(x, [20, 6]),
        reshape(transpose(x, 0, 1), [-1]),
        ...x.split(2, 1),
        alias(x),
      ],
    },
    {
      name: 'asStrided',
      dtypes: mainDtypes,
      layouts: ['contiguous', 'sliced'],
      inputs: [{ shape: [20] }],
      run: ([x]) => asStrided(x, [3, 2], [2, 5], { storageOffset: x.storageOffset() + 1 }),
    },
    {
      name: 'writing into a window of a copy',
      dtypes: mainDtypes,
      inputs: [{ shape: [4, 5] }, { shape: [5] }, { shape: [4] }],
      run: ([x, row, column]) => [
        selectScatter(x, row, 0, 2),
        sliceScatter(x, x.slice(0, 0, 2), 0, { start: 1, end: 3 }),
        diagonalScatter(x, column),
        diagEmbed(row, { offset: 1 }),
      ],
    },
  ],
}

export const joinFamily: Family = {
  name: 'join',
  samples: [
    {
      name: 'cat',
      dtypes: everyDtype,
      inputs: [{ shape: [2, 3] }, { shape: [4, 3] }, { shape: [1, 3] }],
      run: (tensors) => cat(tensors),
    },
    {
      name: 'cat along the last dim',
      dtypes: mainDtypes,
      inputs: [{ shape: [3, 2] }, { shape: [3, 5] }],
      run: (tensors) => cat(tensors, -1),
    },
    {
      name: 'cat of dtypes',
      dtypes: numbers,
      inputs: [{ shape: [2] }, { shape: [3], dtype: 'int16' }],
      run: (tensors) => cat(tensors),
    },
    {
      name: 'stack',
      dtypes: mainDtypes,
      inputs: [{ shape: [2, 3] }, { shape: [2, 3] }],
      run: (tensors) => [stack(tensors), stack(tensors, 2)],
    },
    {
      name: 'flip, roll, repeat',
      dtypes: mainDtypes,
      inputs: [{ shape: [3, 4] }],
      run: ([x]) => [flip(x, [0, 1]), roll(x, 2, 1), repeat(x, [2, 1, 3])],
    },
    {
      name: 'tril and triu',
      dtypes: mainDtypes,
      inputs: [{ shape: [2, 4, 5] }],
      run: ([x]) => [tril(x), triu(x, { diagonal: 1 })],
    },
    {
      name: 'pad',
      dtypes: mainDtypes,
      inputs: [{ shape: [2, 3, 4] }],
      run: ([x]) => [
        constantPadNd(x, [1, 2, 0, 1]),
        pad(x, [1, 1], { mode: 'reflect' }),
        pad(x, [2, 1], { mode: 'replicate' }),
      ],
    },
  ],
}
