// Samples of random numbers. Each device has its own, so what is compared is what holds for all: ranges, means, and that
// the same seed gives the same numbers.
import * as tt from '../../ops/index.ts'
import { normal } from '../../ops/random.ts'
import { manualSeed } from '../../random/index.ts'
import type { Tensor } from '../../tensor.ts'
import type { Family, Sample } from '../sample.ts'

const count = 4000

/** Draws twice from one seed; `holds` answers truth values. */
const sample = (name: string, draw: (x: Tensor) => Tensor, holds: (drawn: Tensor) => Tensor[]): Sample => ({
  name,
  dtypes: ['float32'],
  layouts: ['contiguous'],
  inputs: [{ shape: [count], values: { list: [0.25] } }],
  run: ([x]) => {
    const [first, again] = [7, 7].map((seed) => {
      manualSeed(seed)
      return draw(x.clone())
    })
    return [tt.eq(first, again).all(), tt.ne(first, draw(x.clone())).any(), ...holds(first.to('float32'))]
  },
})
/** Whether the mean is what it should be, within 6 deviations of it. */
const meanIs = (x: Tensor, mean: number, deviation: number): Tensor =>
  x
    .mean()
    .sub(mean)
    .abs()
    .lt((6 * deviation) / Math.sqrt(count))
const within = (x: Tensor, low: number, high: number): Tensor[] => [x.ge(low).all(), x.le(high).all()]

export const randomFamily: Family = {
  name: 'random',
  samples: [
    sample(
      'poisson',
      (x) => tt.poisson(x.mul(x.gt(0)).mul(16)),
      (x) => [...within(x, 0, 40), meanIs(x, 4, 2)],
    ),
    sample(
      'uniform_',
      (x) => x.uniform_(-1, 3),
      (x) => [...within(x, -1, 3), meanIs(x, 1, 4 / Math.sqrt(12))],
    ),
    sample(
      'normal_',
      (x) => x.normal_(2, 3),
      (x) => [meanIs(x, 2, 3), meanIs(x.sub(2).square(), 9, 13)],
    ),
    sample(
      'bernoulli_',
      (x) => x.bernoulli_(0.3),
      (x) => [x.mul(x).eq(x).all(), meanIs(x, 0.3, 0.46)],
    ),
    sample(
      'bernoulli of probabilities',
      (x) => tt.bernoulli(x),
      (x) => [x.mul(x).eq(x).all(), meanIs(x, 0.25, 0.43)],
    ),
    sample(
      'exponential_',
      (x) => x.exponential_(2),
      (x) => [x.ge(0).all(), meanIs(x, 0.5, 0.5)],
    ),
    sample(
      'random_',
      (x) => x.random_(3, 9),
      (x) => [...within(x, 3, 8), x.floor().eq(x).all(), meanIs(x, 5.5, 1.71)],
    ),
    sample(
      'cauchy_',
      (x) => x.cauchy_(1, 2),
      (x) => [meanIs(x.gt(1).to('float32'), 0.5, 0.5)],
    ),
    sample(
      'logNormal_',
      (x) => x.logNormal_(0, 0.5),
      (x) => [x.gt(0).all(), meanIs(x.log(), 0, 0.5)],
    ),
    sample(
      'geometric_',
      (x) => x.geometric_(0.5),
      (x) => [x.ge(1).all(), x.floor().eq(x).all(), meanIs(x, 2, 1.42)],
    ),
    sample(
      'normal of tensors',
      (x) => normal(x, x),
      (x) => [meanIs(x, 0.25, 0.25)],
    ),
  ],
}
