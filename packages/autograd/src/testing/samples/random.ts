// Random fills and dropout: the same numbers at each call.
import * as tt from '../../index.ts'
import type { Tensor } from '../../index.ts'
import { real, share } from './sample.ts'
import type { Sample } from './sample.ts'

const fill = (name: string, fn: (x: Tensor) => Tensor): Sample => [
  `${name}_ gives zeros to what was there`,
  [real(3)],
  (x) => {
    tt.manualSeed(1)
    return fn(x.mul(1))
  },
]

export const random: readonly Sample[] = [
  fill('uniform', (x) => x.uniform_()),
  fill('normal', (x) => x.normal_()),
  fill('bernoulli', (x) => x.bernoulli_()),
  fill('exponential', (x) => x.exponential_()),
  fill('random', (x) => x.random_()),
  fill('cauchy', (x) => x.cauchy_()),
  fill('logNormal', (x) => x.logNormal_()),
  fill('geometric', (x) => x.geometric_(0.4)),
  ['poisson gives zeros to its rates', [share(3)], (x) => seeded(() => tt.poisson(x))],
  ['dropout', [share(2, 3)], (x) => seeded(() => [tt.dropout(x), tt.alphaDropout(x, { training: true })])],
]

function seeded<T>(fn: () => T): T {
  tt.manualSeed(1)
  return fn()
}
