// In place, on tensors and on views of them.
import { at, real } from './sample.ts'
import type { Sample } from './sample.ts'

export const inPlace: readonly Sample[] = [
  ['arithmetic', [real(2, 3), real(3)], (x, y) => x.mul(1).mul_(y).add_(y).sin_().div_(y.square().add(1))],
  [
    'on views',
    [real(2, 3), real(3)],
    (x, y) => {
      const z = x.mul(x)
      const early = z.select(1, 2)
      z.select(0, 1).mul_(y)
      z.t().select(0, 0).sigmoid_()
      return [z, early]
    },
  ],
  [
    'indexing',
    [real(3, 2), real(2, 2)],
    (x, y) =>
      x
        .mul(1)
        .indexPut_([at(0, 2)], y)
        .indexAdd_(0, at(1, 1), y)
        .scatter_(0, at(0, 1).view([1, 2]), y),
  ],
  [
    'copy_ and fill_',
    [real(2, 3), real(3)],
    (x, y) => {
      const z = x.mul(1)
      z.select(0, 0).copy_(y)
      z.select(1, 1).fill_(3)
      return z
    },
  ],
]
