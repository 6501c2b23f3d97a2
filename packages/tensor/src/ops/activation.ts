// Elementwise activation functions.
import type { OutOption } from '../dispatch/out.ts'
import { binary, inPlaceForm, unary } from '../dispatch/define.ts'
import type { Scalar } from '../dispatch/scalar.ts'
import { ArgumentError, ShapeError, check } from '../errors.ts'
import { formatShape } from '../shape/shape.ts'
import type { Tensor } from '../tensor.ts'
import { view } from './views.ts'

const floats = { refuses: ['int', 'bool'] } as const

/** `max(0, x)`. @example relu(tensor([-1, 2])).tolist() // => [0, 2] @see torch.nn.functional.relu */
export const relu = unary('relu', (x) => x.le(0).select(0, x), { refuses: ['bool'] })
/**
 * `min(max(0, x), 6)`.
 *
 * @example
 * relu6(tensor([-1, 2, 8])).tolist() // => [0, 2, 6]
 * @see torch.nn.functional.relu6
 */
export const relu6 = unary('relu6', (x) => x.max(0).min(6), {
  gradName: 'HardtanhBackward0',
  refuses: ['bool'],
})
/**
 * `min(max(minVal, x), maxVal)`.
 *
 * @example
 * hardtanh(tensor([-3, 0.5, 3]), { minVal: -2 }).tolist() // => [-2, 0.5, 1]
 * @see torch.nn.functional.hardtanh
 */
export const hardtanh = unary('hardtanh', (x, { minVal, maxVal }) => x.max(minVal).min(maxVal), {
  options: { minVal: -1, maxVal: 1 },
  refuses: ['bool'],
})
/**
 * x where positive, `negativeSlope · x` elsewhere.
 *
 * @example
 * leakyRelu(tensor([-2, 2]), { negativeSlope: 0.1 }).tolist() // => [-0.2, 2]
 * @see torch.nn.functional.leaky_relu
 */
export const leakyRelu = unary(
  'leakyRelu',
  (x, { negativeSlope }) => x.gt(0).select(x, x.mul(negativeSlope)),
  { options: { negativeSlope: 0.01 }, ...floats },
)
/**
 * x where positive, `alpha · (eˣ − 1)` elsewhere.
 *
 * @example
 * elu(tensor([-1, 2])).tolist() // => [-0.632121, 2]
 * @see torch.nn.functional.elu
 */
export const elu = unary('elu', (x, { alpha }) => x.gt(0).select(x, x.expm1().mul(alpha)), {
  options: { alpha: 1 },
  ...floats,
})
/**
 * `max(0, x) + min(0, α(e^(x/α) − 1))`.
 *
 * @example
 * celu(tensor([-1, 2]), { alpha: 2 }).tolist() // => [-0.786939, 2]
 * @see torch.nn.functional.celu
 */
export const celu = unary('celu', (x, { alpha }) => x.gt(0).select(x, x.div(alpha).expm1().mul(alpha)), {
  options: { alpha: 1 },
  ...floats,
})
const [seluAlpha, seluScale] = [1.6732632423543772848170429916717, 1.0507009873554804934193349852946]
/**
 * Self-normalising elu (Klambauer et al. 2017).
 *
 * @example
 * selu(tensor([-1, 2])).tolist() // => [-1.11133, 2.1014]
 * @see torch.nn.functional.selu
 */
export const selu = unary('selu', (x) => x.gt(0).select(x, x.expm1().mul(seluAlpha)).mul(seluScale), {
  gradName: 'EluBackward0',
  ...floats,
})
/**
 * `x · σ(x)`, the sigmoid-weighted linear unit.
 *
 * @example
 * silu(tensor([-1, 2])).tolist() // => [-0.268941, 1.76159]
 * @see torch.nn.functional.silu
 */
export const silu = unary('silu', (x) => x.mul(x.sigmoid()), floats)
/** `x · Φ(x)` with the normal distribution's Φ. @see torch.nn.functional.gelu */
const geluErf = unary('gelu', (x) => x.mul(x.mul(Math.SQRT1_2).erf().add(1)).mul(0.5), floats)
/** `x/2 · (1 + tanh(√(2/π)(x + 0.044715x³)))`. @see torch.nn.functional.gelu with approximate='tanh' */
const geluTanh = unary(
  'geluTanh',
  (x) => {
    const inner = x.add(x.mul(x).mul(x).mul(0.044715)).mul(Math.sqrt(2 / Math.PI))
    return x.mul(inner.tanh().add(1)).mul(0.5)
  },
  { gradName: 'GeluBackward0', ...floats },
)
/**
 * `ln(1 + e^(βx)) / β`, x itself where βx > threshold.
 *
 * @example
 * softplus(tensor([0, 30])).tolist() // => [0.693147, 30]
 * @see torch.nn.functional.softplus
 */
export const softplus = unary(
  'softplus',
  (x, { beta, threshold }) => x.mul(beta).gt(threshold).select(x, x.mul(beta).exp().log1p().div(beta)),
  { options: { beta: 1, threshold: 20 }, ...floats },
)
/**
 * `ln σ(x)`.
 *
 * @example
 * logsigmoid(tensor([0, 5])).tolist() // => [-0.693147, -0.00671535]
 * @see torch.nn.functional.logsigmoid
 */
export const logsigmoid = unary('logsigmoid', (x) => x.min(0).sub(x.abs().neg().exp().log1p()), {
  gradName: 'LogSigmoidBackward0',
  ...floats,
})
/**
 * `x · tanh(softplus(x))`.
 *
 * @example
 * mish(tensor([-1, 2])).tolist() // => [-0.303401, 1.94396]
 * @see torch.nn.functional.mish
 */
export const mish = unary('mish', (x) => x.mul(x.gt(20).select(x, x.exp().log1p()).tanh()), floats)
/**
 * `relu6(x + 3) / 6`.
 *
 * @example
 * hardsigmoid(tensor([-4, 0, 1])).tolist() // => [0, 0.5, 0.666667]
 * @see torch.nn.functional.hardsigmoid
 */
export const hardsigmoid = unary('hardsigmoid', (x) => x.add(3).max(0).min(6).div(6), floats)
/**
 * `x · relu6(x + 3) / 6`.
 *
 * @example
 * hardswish(tensor([-4, 1, 4])).tolist() // => [0, 0.666667, 4]
 * @see torch.nn.functional.hardswish
 */
export const hardswish = unary('hardswish', (x) => x.mul(x.add(3).max(0).min(6)).div(6), floats)
/**
 * x where |x| > lambd, 0 elsewhere.
 *
 * @example
 * hardshrink(tensor([-1, 0.3, 2])).tolist() // => [-1, 0, 2]
 * @see torch.nn.functional.hardshrink
 */
export const hardshrink = unary(
  'hardshrink',
  (x, { lambd }) => x.ge(lambd.neg()).and(x.le(lambd)).select(0, x),
  { options: { lambd: 0.5 }, ...floats },
)
/**
 * x moved towards 0 by lambd, 0 within.
 *
 * @example
 * softshrink(tensor([-1, 0.3, 2])).tolist() // => [-0.5, 0, 1.5]
 * @see torch.nn.functional.softshrink
 */
export const softshrink = unary(
  'softshrink',
  (x, { lambd }) => x.gt(lambd).select(x.sub(lambd), x.lt(lambd.neg()).select(x.add(lambd), 0)),
  { options: { lambd: 0.5 }, ...floats },
)
/**
 * `x / (1 + |x|)`.
 *
 * @example
 * softsign(tensor([-1, 3])).tolist() // => [-0.5, 0.75]
 * @see torch.nn.functional.softsign
 */
export const softsign = unary('softsign', (x) => x.div(x.abs().add(1)), {
  complex: true,
  gradName: 'DivBackward0',
  refuses: ['bool'],
  result: 'float',
})
/**
 * `x − tanh(x)`.
 *
 * @example
 * tanhshrink(tensor([0, 1])).tolist() // => [0, 0.238406]
 * @see torch.nn.functional.tanhshrink
 */
export const tanhshrink = unary('tanhshrink', (x) => x.sub(x.tanh()), {
  complex: true,
  gradName: 'SubBackward0',
  result: 'float',
})
/** x where x > threshold, `value` elsewhere. @see torch.nn.functional.threshold */
const thresholdElements = unary('threshold', (x, { threshold, value }) => x.le(threshold).select(value, x), {
  options: { threshold: 0, value: 0 },
  refuses: ['bool'],
})
/** x where positive, `weight · x` elsewhere; weight broadcasts. */
const preluElements = binary('preluElements', (x, w) => x.gt(0).select(x, x.mul(w)), floats)

/**
 * `x · Φ(x)` with the normal distribution's Φ, or its approximation by tanh.
 *
 * @throws ArgumentError unless approximate is 'none' or 'tanh'
 * @example
 * gelu(tensor([-1, 2])).tolist() // => [-0.158655, 1.9545]
 * gelu(tensor([-1, 2]), { approximate: 'tanh' }).tolist() // => [-0.158808, 1.9546]
 * @see torch.nn.functional.gelu
 */
export function gelu(self: Tensor, { approximate = 'none' }: { approximate?: 'none' | 'tanh' } = {}): Tensor {
  check(
    approximate === 'none' || approximate === 'tanh',
    () => new ArgumentError('gelu', `approximate must be 'none' or 'tanh', got '${String(approximate)}'`),
  )
  return approximate === 'tanh' ? geluTanh(self) : geluErf(self)
}

/**
 * x where x > threshold, `value` elsewhere.
 *
 * @example
 * threshold(tensor([0.5, 2]), 1, 20).tolist() // => [20, 2]
 * @see torch.nn.functional.threshold
 */
export const threshold = (self: Tensor, threshold: Scalar, value: Scalar, { out }: OutOption = {}): Tensor =>
  thresholdElements(self, { threshold, value, out })
/** In-place threshold. @see torch.nn.functional.threshold_ */
export const threshold_ = (self: Tensor, threshold: Scalar, value: Scalar): Tensor =>
  thresholdElements[inPlaceForm](self, { threshold, value })

/**
 * x where positive, `weight · x` elsewhere.
 *
 * @param weight one element, or one for each channel (dim 1)
 * @throws ShapeError if the number of weights is neither 1 nor that of the channels
 * @example
 * prelu(tensor([-2, 4]), tensor([0.25])).tolist() // => [-0.5, 4]
 * @see torch.nn.functional.prelu
 */
export function prelu(self: Tensor, weight: Tensor): Tensor {
  const count = weight.numel()
  const channels = self.ndim > 1 ? self.shape[1] : 1
  check(
    weight.ndim <= 1 && (count === 1 || count === channels),
    () =>
      new ShapeError(
        'prelu',
        `weight must have one element or one for each of the ${channels} channels, got ${formatShape(weight.shape)}`,
      ),
  )
  const shape = count === 1 ? [] : [count, ...new Array<number>(self.ndim - 2).fill(1)]
  return preluElements(self, view(weight, shape))
}
