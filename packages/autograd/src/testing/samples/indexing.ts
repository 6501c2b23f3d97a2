// Indexing, gathers, scatters.
import * as tt from '../../index.ts'
import { at, mask, real } from './sample.ts'
import type { Sample } from './sample.ts'

export const indexing: readonly Sample[] = [
  [
    'index',
    [real(3, 4)],
    (x) => [x.index([at(0, 2, 0)]), x.index([null, at(1, 1)]), x.index([at(0, 1), at(2, 2)])],
  ],
  ['index by a mask', [real(2, 3)], (x) => [x.index([mask()]), x.maskedSelect(mask())]],
  ['at', [real(3, 4)], (x) => x.at(':', at(0, 3))],
  [
    'indexPut',
    [real(3, 4), real(2, 4)],
    (x, v) => [x.indexPut([at(0, 2)], v), x.indexPut([at(1, 1)], v, { accumulate: true })],
  ],
  [
    'gather, takeAlongDim',
    [real(2, 3)],
    (x) => [x.gather(1, at(0, 0, 2, 1).view([2, 2])), x.takeAlongDim(at(0, 2).view([2, 1]), 1)],
  ],
  [
    'take, put',
    [real(2, 3), real(2)],
    (x, y) => [x.take(at(0, 4, 4)), x.put(at(0, 4), y), x.put(at(1, 1), y, { accumulate: true })],
  ],
  ['indexSelect', [real(3, 2)], (x) => [x.indexSelect(0, at(2, 2, 0)), x.indexSelect(1, at(1))]],
  [
    'indexAdd, indexCopy, indexFill',
    [real(3, 2), real(2, 2), real()],
    (x, y, v) => [
      x.indexAdd(0, at(0, 0), y, { alpha: 2 }),
      x.indexCopy(0, at(2, 0), y),
      x.indexFill(1, at(1), v),
    ],
  ],
  [
    'scatter',
    [real(3, 2), real(2, 2)],
    (x, y) => {
      const index = at(2, 0, 1, 1).view([2, 2])
      return [
        x.scatter(0, index, y),
        x.scatterAdd(0, index, y),
        x.scatter(0, index.slice(0, 0, 1), y),
        x.scatter(0, index, 2),
        x.scatter(0, index, y, { reduce: 'add' }),
      ]
    },
  ],
  ...(['sum', 'mean', 'prod', 'amax', 'amin'] as const).flatMap((reduce): Sample[] =>
    [true, false].map((includeSelf) => [
      `scatterReduce ${reduce} ${includeSelf ? 'with' : 'without'} self`,
      [real(3, 2), real(2, 2)],
      (x, y) => x.scatterReduce(0, at(2, 2, 2, 1).view([2, 2]), y, reduce, { includeSelf }),
    ]),
  ),
  [
    'scatters of windows',
    [real(3, 3), real(3)],
    (x, y) => [
      x.selectScatter(y, 0, 1),
      x.diagonalScatter(y),
      x.sliceScatter(y.view([1, 3]), 0, { start: 1, end: 2 }),
    ],
  ],
  [
    'embedding',
    [real(4, 2)],
    (w) => [tt.embedding(at(0, 3, 3), w), tt.embedding(at(0, 3, 1).view([3, 1]), w)],
  ],
  ['embedding, scaled', [real(4, 2)], (w) => [tt.embedding(at(0, 3), w, { scaleGradByFreq: true })]],
  ['maskedScatter', [real(2, 3), real(6)], (x, y) => x.maskedScatter(mask(), y)],
]
