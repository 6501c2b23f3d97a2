// Random numbers into tensors: the in-place samplers, bernoulli and multinomial. The numbers are PyTorch's on the CPU.
import { resultInto } from '../dispatch/out.ts'
import type { OutOption } from '../dispatch/out.ts'
import type { Scalar } from '../dispatch/scalar.ts'
import { scalarValue } from '../dispatch/scalar.ts'
import { DeviceSource } from '../dispatch/device-source.ts'
import { asFloats, drawsItself, fillSamples, floatDtype, sampleArray } from '../dispatch/sample.ts'
import type { Draw } from '../dispatch/sample.ts'
import { withGradMode } from '../dispatch/hook.ts'
import { apply, applyInPlace, structured } from '../dispatch/structured.ts'
import { dtypes } from '../dtype.ts'
import { ArgumentError, DTypeError, ShapeError, check } from '../errors.ts'
import { defaultGenerator, samplers } from '../random/index.ts'
import type { Generator } from '../random/index.ts'
import { canRead } from '../host/reads.ts'
import { checkCounts, checkProbabilities, checkWeights } from '../random/discrete.ts'
import type { FloatOut } from '../random/samplers.ts'
import { broadcastPair, formatShape, sameShape } from '../shape/shape.ts'
import { newTensor } from '../tensor.ts'
import type { Tensor } from '../tensor.ts'
import { viewAsReal } from './complex.ts'
import { isComplex } from './complex-parts.ts'
import { contiguous, to } from './copy.ts'
import * as onDevice from './device-samplers.ts'
import { toTypedArray } from './reading.ts'
import { detach, expand } from './views.ts'

/** Options of every function that draws random numbers. */
export interface RandomOptions {
  /** Where the numbers come from; default: the default generator. */
  generator?: Generator
}

/** Attributes of an in-place sampler: how the numbers are drawn. */
export interface SampleAttrs {
  readonly draw: Draw
}
const filler = (name: string) =>
  structured<SampleAttrs>({
    name,
    infer: ([self]) => [{ shape: self.shape, dtype: self.dtypeInfo }],
    run: (_backend, _tensors, { draw }, [out]) => fillSamples(out, draw),
  })
/** uniform_; the gradient of the old values is zero, as for all samplers. */
export const uniformOp = filler('uniform')
/** normal_. */
export const normalOp = filler('normal')
/** bernoulli_, and bernoulli of the probabilities. */
export const bernoulliOp = filler('bernoulli')
/** exponential_. */
export const exponentialOp = filler('exponential')
/** random_. */
export const randomOp = filler('random')
/** cauchy_. */
export const cauchyOp = filler('cauchy')
/** logNormal_. */
export const logNormalOp = filler('logNormal')
/** geometric_. */
export const geometricOp = filler('geometric')

/**
 * Overwrites with numbers uniform in [from, to); of complex ones, both parts.
 *
 * @throws DTypeError for integers
 * @example
 * manualSeed(0)
 * empty([2]).uniform_(-1, 1).tolist() // => [-0.00748682, 0.536444]
 * @see torch.Tensor.uniform_
 */
export function uniform_(
  self: Tensor,
  from = 0,
  to = 1,
  { generator = defaultGenerator }: RandomOptions = {},
): Tensor {
  if (isComplex(self)) {
    uniform_(viewAsReal(self), from, to, { generator })
    return self
  }
  const dtype = floatDtype('uniform_', self.dtypeInfo)
  samplers.uniform(new Float32Array(0), generator, from, to, dtype) // checks the bounds
  const draw: Draw = {
    generator,
    host: (out) => samplers.uniform(asFloats(out), generator, from, to, dtype),
    device: onDevice.uniform(from, to, dtype),
  }
  return applyInPlace(uniformOp, [self], { draw })
}
/**
 * Overwrites with normal numbers of this mean and standard deviation; of complex ones, both parts have half of the
 * variance.
 *
 * @throws ArgumentError if std is negative
 * @example
 * manualSeed(0)
 * empty([2]).normal_(10, 2).tolist() // => [13.082, 9.41314]
 * @see torch.Tensor.normal_
 */
export function normal_(
  self: Tensor,
  mean = 0,
  std = 1,
  { generator = defaultGenerator }: RandomOptions = {},
): Tensor {
  if (isComplex(self)) {
    normal_(viewAsReal(self), mean, std * Math.SQRT1_2, { generator }) // both parts have half of the variance
    return self
  }
  const dtype = floatDtype('normal_', self.dtypeInfo)
  check(std >= 0, () => new ArgumentError('normal_', `std must be at least 0, got ${std}`))
  const draw: Draw = {
    generator,
    host: (out, serial) =>
      (serial ? samplers.normalSerial : samplers.normal)(asFloats(out), generator, mean, std, dtype),
    device: onDevice.normal(mean, std),
  }
  return applyInPlace(normalOp, [self], { draw })
}
/**
 * Overwrites with 1 where a uniform number is below `p`, 0 elsewhere.
 *
 * @param p a probability, or a floating-point tensor of them that broadcasts to self
 * @example
 * manualSeed(0)
 * empty([4]).bernoulli_(0.5).tolist() // => [0, 0, 1, 0]
 * @see torch.Tensor.bernoulli_
 */
export function bernoulli_(
  self: Tensor,
  p: number | Tensor = 0.5,
  { generator = defaultGenerator }: RandomOptions = {},
): Tensor {
  if (typeof p === 'number') {
    check(p >= 0 && p <= 1, () => new ArgumentError('bernoulli_', `p must be in [0, 1], got ${p}`))
    return applyInPlace(bernoulliOp, [self], { draw: flips(p, generator) })
  }
  check(
    p.dtypeInfo.category === 'float',
    () => new DTypeError('bernoulli_', `the probabilities must be floating-point, got ${p.dtype}`),
  )
  check(
    sameShape(broadcastPair('bernoulli_', self.shape, p.shape), self.shape),
    () =>
      new ShapeError(
        'bernoulli_',
        `the probabilities must broadcast to self, got ${formatShape(p.shape)} for ${formatShape(self.shape)}`,
      ),
  )
  return applyInPlace(bernoulliOp, [self], { draw: flipsOf(expand(detach(p), self.shape), generator) })
}
const flips = (p: number, generator: Generator): Draw => ({
  generator,
  host: (out) => samplers.bernoulliScalar(out, generator, p),
  device: onDevice.bernoulli(p),
})
function flipsOf(probabilities: Tensor, generator: Generator): Draw {
  const own = drawsItself(probabilities)
  const values = !own || canRead(probabilities) ? hostFloats(probabilities) : null // before anything is changed
  if (own && values !== null) checkProbabilities(values)
  return {
    generator,
    host: (out) => samplers.bernoulliTensor(out, generator, values!),
    device: onDevice.bernoulliOf(probabilities),
  }
}
/**
 * Overwrites with exponential numbers of rate `lambd`.
 *
 * @example
 * manualSeed(0)
 * empty([2]).exponential_(2).tolist() // => [1.75416, 0.615192]
 * @see torch.Tensor.exponential_
 */
export function exponential_(
  self: Tensor,
  lambd = 1,
  { generator = defaultGenerator }: RandomOptions = {},
): Tensor {
  const dtype = floatDtype('exponential_', self.dtypeInfo)
  check(lambd >= 0, () => new ArgumentError('exponential_', `lambd must be at least 0, got ${lambd}`))
  const draw: Draw = {
    generator,
    host: (out) => samplers.exponential(asFloats(out), generator, lambd, dtype),
    device: onDevice.exponential(lambd),
  }
  return applyInPlace(exponentialOp, [self], { draw })
}
/**
 * Overwrites with random integers: from `from` (default 0) to before `to` (default: the dtype's greatest). With one
 * bound, it is `to`.
 *
 * @example
 * manualSeed(0)
 * empty([4]).random_(0, 10).tolist() // => [4, 9, 3, 0]
 * @see torch.Tensor.random_
 */
export function random_(
  self: Tensor,
  from: Scalar | null = null,
  to: Scalar | null = null,
  { generator = defaultGenerator }: RandomOptions = {},
): Tensor {
  const [low, high] = [from, to].map((bound) => (bound === null ? null : scalarValue(bound)))
  const [start, end] = low !== null && high === null ? [0, low] : [low, high]
  if (end !== null) samplers.random(sampleArray(self.dtypeInfo, 0), generator, start, end, self.dtype) // checks the bounds
  const draw: Draw = {
    generator,
    host: (out) => samplers.random(out, generator, start, end, self.dtype),
    device: (source, shape) =>
      (end === null
        ? onDevice.nonNegative('random_', self.dtypeInfo)
        : onDevice.integers('random_', BigInt(start!), BigInt(end) - BigInt(start!)))(source, shape),
  }
  return applyInPlace(randomOp, [self], { draw })
}
/**
 * Overwrites with Cauchy numbers.
 *
 * @example
 * manualSeed(0)
 * empty([2]).cauchy_().tolist() // => [10.5977, 0.764767]
 * @see torch.Tensor.cauchy_
 */
export function cauchy_(
  self: Tensor,
  median = 0,
  sigma = 1,
  { generator = defaultGenerator }: RandomOptions = {},
): Tensor {
  const dtype = floatDtype('cauchy_', self.dtypeInfo)
  check(sigma > 0, () => new ArgumentError('cauchy_', `sigma must be above 0, got ${sigma}`))
  const draw: Draw = {
    generator,
    host: (out) => samplers.cauchy(asFloats(out), generator, median, sigma, dtype),
    device: onDevice.cauchy(median, sigma),
  }
  return applyInPlace(cauchyOp, [self], { draw })
}
/**
 * Overwrites with log-normal numbers; mean and std are those of the logarithm.
 *
 * @example
 * manualSeed(0)
 * empty([2]).logNormal_(0, 1).tolist() // => [4.66924, 0.745702]
 * @see torch.Tensor.log_normal_
 */
export function logNormal_(
  self: Tensor,
  mean = 1,
  std = 2,
  { generator = defaultGenerator }: RandomOptions = {},
): Tensor {
  const dtype = floatDtype('logNormal_', self.dtypeInfo)
  check(std > 0, () => new ArgumentError('logNormal_', `std must be above 0, got ${std}`))
  const draw: Draw = {
    generator,
    host: (out) => samplers.logNormal(asFloats(out), generator, mean, std, dtype),
    device: onDevice.logNormal(mean, std),
  }
  return applyInPlace(logNormalOp, [self], { draw })
}
/**
 * Overwrites with the number of trials to the first success of probability p.
 *
 * @example
 * manualSeed(0)
 * empty([4]).geometric_(0.5).tolist() // => [1, 1, 2, 1]
 * @see torch.Tensor.geometric_
 */
export function geometric_(
  self: Tensor,
  p: number,
  { generator = defaultGenerator }: RandomOptions = {},
): Tensor {
  check(p > 0 && p < 1, () => new ArgumentError('geometric_', `p must be in (0, 1), got ${p}`))
  check(self.dtype !== 'bool', () => new DTypeError('geometric_', 'the tensor must be of numbers, got bool'))
  const draw: Draw = {
    generator,
    host: (out) => samplers.geometric(out, generator, p),
    device: onDevice.geometric(p),
  }
  return applyInPlace(geometricOp, [self], { draw })
}

/** The elements as host floats: Float64Array for float64, else Float32Array. */
function hostFloats(self: Tensor): FloatOut {
  const source = withGradMode(false, () =>
    contiguous(self.dtype === 'float64' ? self : to(self, { dtype: 'float32' })),
  )
  return toTypedArray(source) as FloatOut
}

/**
 * 1 with the probability that the element of self is, 0 elsewhere.
 *
 * @param self probabilities in [0, 1], floating-point
 * @param p a probability to use instead of the elements
 * @example
 * bernoulli(tensor([0, 1, 0, 1])).tolist() // => [0, 1, 0, 1]
 * @see torch.bernoulli
 */
export function bernoulli(
  self: Tensor,
  p: number | null = null,
  { out, generator = defaultGenerator }: RandomOptions & OutOption = {},
): Tensor {
  if (out !== undefined) return resultInto('bernoulli', out, () => bernoulli(self, p, { generator }))

  if (p !== null) {
    check(p >= 0 && p <= 1, () => new ArgumentError('bernoulli', `p must be in [0, 1], got ${p}`))
    return apply(bernoulliOp, [self], { draw: flips(p, generator) })
  }
  check(
    self.dtypeInfo.category === 'float',
    () => new DTypeError('bernoulli', `the probabilities must be floating-point, got ${self.dtype}`),
  )
  return apply(bernoulliOp, [self], { draw: flipsOf(detach(self), generator) })
}

/**
 * Indices (int64) drawn with the weights of each row.
 *
 * @param self weights [categories] or [rows, categories], not negative; a row need not sum to 1
 * @param numSamples drawn from each row
 * @returns [numSamples] or [rows, numSamples]
 * @throws ArgumentError for bad weights, or more samples than categories without replacement
 * @example
 * multinomial(tensor([0, 1, 0]), 2, { replacement: true }).tolist() // => [1, 1]
 * @see torch.multinomial
 */
export function multinomial(
  self: Tensor,
  numSamples: number,
  {
    out,
    replacement = false,
    generator = defaultGenerator,
  }: RandomOptions & { replacement?: boolean } & OutOption = {},
): Tensor {
  if (out !== undefined)
    return resultInto('multinomial', out, () => multinomial(self, numSamples, { replacement, generator }))

  const dtype = floatDtype('multinomial', self.dtypeInfo)
  check(
    self.ndim === 1 || self.ndim === 2,
    () => new ShapeError('multinomial', `the weights must have 1 or 2 dims, got ${formatShape(self.shape)}`),
  )
  const categories = self.shape[self.ndim - 1]
  check(
    categories > 0,
    () => new ShapeError('multinomial', `there must be a category, got ${formatShape(self.shape)}`),
  )
  checkCounts(categories, numSamples, replacement)
  const { random } = self.storage.backend.fused
  if (random !== undefined) {
    if (canRead(self)) checkWeights(hostFloats(self), categories)
    const source = new DeviceSource(self.storage.backend, random, generator)
    return withGradMode(false, () => onDevice.multinomial(detach(self), numSamples, replacement, source))
  }
  const drawn = samplers.multinomial(hostFloats(self), categories, numSamples, generator, {
    replacement,
    dtype,
  })
  const indices = newTensor(
    self.storage.backend,
    dtypes.int64,
    [...self.shape.slice(0, -1), numSamples],
    'multinomial',
  )
  if (drawn.length > 0)
    indices.storage.backend.write(
      indices.storage.buffer,
      0,
      new Uint8Array(BigInt64Array.from(drawn, BigInt).buffer),
    )
  return indices
}
