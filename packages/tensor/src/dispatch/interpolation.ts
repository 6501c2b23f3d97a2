// Where the positions of a resized dim come from, and with which weights: PyTorch's rules, in its precision.
import type { ResampledDim } from '../ops/resample.ts'
import type { Tensor } from '../tensor.ts'

/** Modes that resize dims one after the other. */
export type ResizeMode = 'nearest' | 'nearest-exact' | 'linear' | 'cubic'

/** A dim to resize. `scale` is input per output where the caller gave a factor, or null: it follows from the sizes. */
export interface Resize {
  readonly dim: number
  readonly inputSize: number
  readonly outputSize: number
  readonly scale: number | null
}
/** How: aligned corners, antialiasing, and the rounding of the dtype's arithmetic. */
export interface ResizeRule {
  readonly mode: ResizeMode
  readonly alignCorners: boolean
  readonly antialias: boolean
  readonly round: (value: number) => number
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
const clamp = (i: number, size: number): number => Math.min(Math.max(i, 0), size - 1)

/** The map of one dim. */
export function resizeMap(resize: Resize, rule: ResizeRule): ResampledDim {
  const { dim, inputSize } = resize
  if (rule.mode === 'nearest' || rule.mode === 'nearest-exact')
    return { dim, inputSize, taps: [nearest(resize, rule.mode === 'nearest' ? 0 : 0.5)], weights: null }
  if (rule.antialias) return { dim, inputSize, ...antialiased(resize, rule) }
  return { dim, inputSize, ...(rule.mode === 'linear' ? linear(resize, rule) : cubic(resize, rule)) }
}

// In float32, whatever the dtype.
function nearest({ inputSize, outputSize, scale }: Resize, shift: number): number[] {
  const step = Math.fround(scale ?? Math.fround(inputSize / outputSize))
  return range(outputSize).map((i) => {
    if (shift === 0 && outputSize === inputSize) return i
    if (shift === 0 && outputSize === 2 * inputSize) return i >> 1
    return Math.min(Math.floor(Math.fround((i + shift) * step)), inputSize - 1)
  })
}

/** Input positions per output position. */
function stepOf({ inputSize, outputSize, scale }: Resize, { alignCorners, round }: ResizeRule): number {
  if (alignCorners) return outputSize > 1 ? round((inputSize - 1) / (outputSize - 1)) : 0
  return round(scale ?? inputSize / outputSize)
}
type Taps = Pick<ResampledDim, 'taps' | 'weights'>

function linear(resize: Resize, rule: ResizeRule): Taps {
  const { inputSize, outputSize } = resize
  const step = stepOf(resize, rule)
  const { round } = rule
  const [low, high, left, right]: number[][] = [[], [], [], []]
  for (let i = 0; i < outputSize; i++) {
    const moved = rule.alignCorners ? round(step * i) : Math.max(0, round(round(step * (i + 0.5)) - 0.5))
    const at = inputSize === outputSize ? i : moved
    const from = Math.min(Math.trunc(at), inputSize - 1)
    const share = Math.min(Math.max(round(at - from), 0), 1)
    low.push(from)
    high.push(Math.min(from + 1, inputSize - 1))
    left.push(round(1 - share))
    right.push(share)
  }
  return { taps: [low, high], weights: [left, right] }
}

/** Keys' cubic convolution: of distances up to 1, and from 1 to 2. */
const near = (x: number, a: number): number => ((a + 2) * x - (a + 3)) * x * x + 1
const far = (x: number, a: number): number => ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
/** Weights of the four positions around one at share `t` between the middle two, as tensors. */
export const cubicWeightsOf = (t: Tensor): readonly Tensor[] => {
  const a = -0.75
  const inner = (x: Tensor): Tensor =>
    x
      .mul(a + 2)
      .sub(a + 3)
      .mul(x)
      .mul(x)
      .add(1)
  const outer = (x: Tensor): Tensor =>
    x
      .mul(a)
      .sub(5 * a)
      .mul(x)
      .add(8 * a)
      .mul(x)
      .sub(4 * a)
  const rest = t.neg().add(1)
  return [outer(t.add(1)), inner(t), inner(rest), outer(rest.add(1))]
}
/** The same of a number. */
const cubicWeights = (t: number): readonly number[] => [
  far(t + 1, -0.75),
  near(t, -0.75),
  near(1 - t, -0.75),
  far(2 - t, -0.75),
]

function cubic(resize: Resize, rule: ResizeRule): Taps {
  const { inputSize, outputSize } = resize
  const step = stepOf(resize, rule)
  const { round } = rule
  const taps: number[][] = [[], [], [], []]
  const weights: number[][] = [[], [], [], []]
  for (let i = 0; i < outputSize; i++) {
    const at = rule.alignCorners ? round(step * i) : round(round(step * (i + 0.5)) - 0.5)
    const from = Math.floor(at)
    cubicWeights(at - from).forEach((weight, k) => {
      taps[k].push(clamp(from - 1 + k, inputSize))
      weights[k].push(weight)
    })
  }
  return { taps, weights }
}

const filters = {
  linear: { reach: 1, at: (x: number): number => Math.max(0, 1 - x) },
  cubic: { reach: 2, at: (x: number): number => (x < 1 ? near(x, -0.5) : x < 2 ? far(x, -0.5) : 0) },
} as const

/** Every output is a mean over all inputs that the filter, stretched when shrinking, covers. */
function antialiased(resize: Resize, rule: ResizeRule): Taps {
  const { inputSize, outputSize } = resize
  const step = stepOf(resize, rule)
  const { reach, at } = filters[rule.mode as 'linear' | 'cubic']
  const stretch = Math.max(step, 1)
  const support = reach * stretch
  const rows = range(outputSize).map((i) => {
    const center = step * (i + 0.5)
    const first = Math.max(Math.trunc(center - support + 0.5), 0)
    const count = Math.min(Math.trunc(center + support + 0.5), inputSize) - first
    const weights = range(count).map((j) => at(Math.abs((j + first - center + 0.5) / stretch)))
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    return { first, weights: weights.map((weight) => weight / total) }
  })
  const ks = range(Math.max(...rows.map(({ weights }) => weights.length)))
  return {
    taps: ks.map((k) => rows.map(({ first }) => clamp(first + k, inputSize))),
    weights: ks.map((k) => rows.map(({ weights }) => weights[k] ?? 0)),
  }
}
