// Functions that make tensors of random numbers: those of PyTorch's CPU generator for the same seed.
import { resultInto } from '../dispatch/out.ts'
import type { OutOption } from '../dispatch/out.ts'
import { getBackend, getDefaultDevice } from '../backend/registry.ts'
import { dtypeInfoOf } from '../dispatch/elements.ts'
import { withGradMode } from '../dispatch/hook.ts'
import { apply, structured } from '../dispatch/structured.ts'
import { asFloats, emptyPreserving, fillSamples, floatDtype, sampleArray } from '../dispatch/sample.ts'
import type { Draw } from '../dispatch/sample.ts'
import { defaultFloatInfo, dtypes, promoteInfos } from '../dtype.ts'
import type { DTypeInfo } from '../dtype.ts'
import { ArgumentError, DTypeError, check } from '../errors.ts'
import { defaultGenerator, samplers } from '../random/index.ts'
import { broadcastPair, checkSizes } from '../shape/shape.ts'
import { Tensor, newTensor } from '../tensor.ts'
import { add, mul } from './arithmetic.ts'
import { viewAsReal } from './complex.ts'
import { canRead } from '../host/reads.ts'
import { copy_ } from './copy.ts'
import type { FactoryOptions } from './creation.ts'
import * as onDevice from './device-samplers.ts'
import type { RandomOptions } from './random-fill.ts'
import { amin } from './reduce.ts'
import { detach } from './views.ts'

/** Options of the functions that make random tensors. */
export type RandomFactoryOptions = FactoryOptions & RandomOptions

function sampled(
  op: string,
  target: readonly number[] | Tensor,
  fallback: DTypeInfo,
  options: FactoryOptions,
  drawOf: (dtype: DTypeInfo, isPart: boolean) => Draw,
): Tensor {
  if (!(target instanceof Tensor)) checkSizes(op, target)
  const dtype = options.dtype === undefined ? fallback : dtypeInfoOf(op, options.dtype)
  const backend = getBackend(options.device ?? getDefaultDevice(), op)
  const draw = drawOf(dtype.component ?? dtype, dtype.component !== null)
  const result =
    target instanceof Tensor ? emptyPreserving(target, backend, dtype) : newTensor(backend, dtype, target, op)
  fillSamples(dtype.component === null ? result : viewAsReal(result), draw) // both parts are drawn
  return options.requiresGrad ? result.requiresGrad_() : result
}

/**
 * Numbers uniform in [0, 1).
 *
 * @example
 * manualSeed(0)
 * rand([2]).tolist() // => [0.4962565898895264, 0.7682217955589294]
 * @see torch.rand
 */
export const rand = (size: readonly number[], options: RandomFactoryOptions & OutOption = {}): Tensor =>
  options.out === undefined
    ? uniformSamples('rand', size, options)
    : resultInto('rand', options.out, () => rand(size, { ...options, out: undefined }))
const uniformSamples = (
  op: string,
  target: readonly number[] | Tensor,
  options: RandomFactoryOptions,
): Tensor =>
  sampled(op, target, defaultFloatInfo(), options, (dtype) => {
    const float = floatDtype(op, dtype)
    const { generator = defaultGenerator } = options
    return {
      generator,
      host: (out) => samplers.uniform(asFloats(out), generator, 0, 1, float),
      device: onDevice.uniform(0, 1, float),
    }
  })

/**
 * Normal numbers of mean 0 and standard deviation 1.
 *
 * @example
 * manualSeed(0)
 * randn([2]).tolist() // => [1.541, -0.293429]
 * @see torch.randn
 */
export const randn = (size: readonly number[], options: RandomFactoryOptions & OutOption = {}): Tensor =>
  options.out === undefined
    ? normalSamples('randn', size, options)
    : resultInto('randn', options.out, () => randn(size, { ...options, out: undefined }))
const normalSamples = (
  op: string,
  target: readonly number[] | Tensor,
  options: RandomFactoryOptions,
): Tensor =>
  sampled(op, target, defaultFloatInfo(), options, (dtype, isPart) => {
    const float = floatDtype(op, dtype)
    const { generator = defaultGenerator } = options
    const std = isPart ? Math.SQRT1_2 : 1 // the variance of a complex number is that of both parts
    return {
      generator,
      host: (out, serial) =>
        (serial ? samplers.normalSerial : samplers.normal)(asFloats(out), generator, 0, std, float),
      device: onDevice.normal(0, std),
    }
  })

/**
 * Integers uniform in [low, high), int64 by default. `low` may be left out: `randint(high, size)`.
 *
 * @throws ArgumentError if low is not less than high
 * @example
 * manualSeed(0)
 * randint(0, 10, [4]).tolist() // => [4, 9, 3, 0]
 * @see torch.randint
 */
export function randint(
  high: number | bigint,
  size: readonly number[],
  options?: RandomFactoryOptions & OutOption,
): Tensor
export function randint(
  low: number | bigint,
  high: number | bigint,
  size: readonly number[],
  options?: RandomFactoryOptions & OutOption,
): Tensor
export function randint(
  first: number | bigint,
  second: number | bigint | readonly number[],
  third?: readonly number[] | (RandomFactoryOptions & OutOption),
  fourth: RandomFactoryOptions & OutOption = {},
): Tensor {
  if (typeof second === 'object') {
    const options = (third ?? {}) as RandomFactoryOptions & OutOption
    const draw = () => integers('randint', 0, first, second, options, dtypes.int64)
    return options.out === undefined ? draw() : resultInto('randint', options.out, draw)
  }
  check(
    Array.isArray(third),
    () => new ArgumentError('randint', `size must be an array, got ${typeof third}`),
  )
  const draw = () => integers('randint', first, second, third as readonly number[], fourth, dtypes.int64)
  return fourth.out === undefined ? draw() : resultInto('randint', fourth.out, draw)
}
const integers = (
  op: string,
  low: number | bigint,
  high: number | bigint,
  size: readonly number[] | Tensor,
  options: RandomFactoryOptions,
  fallback: DTypeInfo,
): Tensor =>
  sampled(op, size, fallback, options, (dtype, isPart) => {
    check(!isPart, () => new DTypeError(op, 'integers are real, got a complex dtype. Use rand or randn'))
    const generator = options.generator ?? defaultGenerator
    samplers.randint(sampleArray(dtype, 0), generator, low, high, dtype.name) // checks the bounds
    return {
      generator,
      host: (out) => samplers.randint(out, generator, low, high, dtype.name),
      device: (source, shape) =>
        onDevice.integers(op, BigInt(low), BigInt(high) - BigInt(low))(source, shape),
    }
  })

/**
 * A random permutation of 0 to n − 1, int64 by default.
 *
 * @example
 * manualSeed(0)
 * randperm(4).tolist() // => [0, 1, 3, 2]
 * @see torch.randperm
 */
export const randperm = (n: number, options: RandomFactoryOptions & OutOption = {}): Tensor =>
  options.out === undefined
    ? sampled('randperm', [n], dtypes.int64, options, (dtype) => {
        const { generator = defaultGenerator } = options
        samplers.randperm(sampleArray(dtype, 0), generator, dtype.name) // checks the dtype
        return {
          generator,
          host: (out) => samplers.randperm(out, generator, dtype.name),
          device: onDevice.permutation,
        }
      })
    : resultInto('randperm', options.out, () => randperm(n, { ...options, out: undefined }))

const optionsLike = (self: Tensor, options: RandomFactoryOptions): RandomFactoryOptions => ({
  dtype: self.dtype,
  device: self.device,
  ...options,
})
/**
 * rand of the shape, dtype and device of self.
 *
 * @example
 * manualSeed(0)
 * randLike(zeros([2])).tolist() // => [0.496257, 0.768222]
 * @see torch.rand_like
 */
export const randLike = (self: Tensor, options: RandomFactoryOptions = {}): Tensor =>
  uniformSamples('randLike', self, optionsLike(self, options))
/**
 * randn of the shape, dtype and device of self.
 *
 * @example
 * manualSeed(0)
 * randnLike(zeros([2])).tolist() // => [1.541, -0.293429]
 * @see torch.randn_like
 */
export const randnLike = (self: Tensor, options: RandomFactoryOptions = {}): Tensor =>
  normalSamples('randnLike', self, optionsLike(self, options))
/**
 * randint of the shape, dtype and device of self; one bound is the upper one.
 *
 * @example
 * manualSeed(0)
 * randintLike(zeros([4]), 10).tolist() // => [4, 9, 3, 0]
 * @see torch.randint_like
 */
export const randintLike = (
  self: Tensor,
  low: number | bigint,
  high: number | bigint | null = null,
  options: RandomFactoryOptions = {},
): Tensor =>
  integers(
    'randintLike',
    high === null ? 0 : low,
    high ?? low,
    self,
    optionsLike(self, options),
    self.dtypeInfo,
  )

/**
 * Normal numbers, of a mean and standard deviation for each element, or of two numbers and a size.
 *
 * @param mean a tensor or a number
 * @param std a tensor or a number
 * @param size of the result, if both are numbers
 * @throws ArgumentError if std is negative
 * @example
 * manualSeed(0)
 * normal(tensor([10, 20]), 2).tolist() // => [13.082, 19.4131]
 * @see torch.normal
 */
export function normal(
  mean: number | Tensor,
  std: number | Tensor = 1,
  size: readonly number[] | null = null,
  options: RandomFactoryOptions & OutOption = {},
): Tensor {
  if (options.out !== undefined)
    return resultInto('normal', options.out, () => normal(mean, std, size, { ...options, out: undefined }))

  const generator = options.generator ?? defaultGenerator
  if (typeof std === 'number') checkStd(std)
  if (!(mean instanceof Tensor) && !(std instanceof Tensor)) {
    check(
      size !== null,
      () => new ArgumentError('normal', 'size must be given where mean and std are numbers, got none'),
    )
    return sampled('normal', size, defaultFloatInfo(), options, (dtype) => {
      const float = floatDtype('normal', dtype)
      return {
        generator,
        host: (out) => samplers.normal(asFloats(out), generator, mean, std, float),
        device: onDevice.normal(mean, std),
      }
    })
  }
  check(
    size === null,
    () => new ArgumentError('normal', 'size must be null where mean or std is a tensor, got a size'),
  )
  const tensors = [mean, std].filter((x) => x instanceof Tensor)
  const dtype = tensors.map((x) => x.dtypeInfo).reduce(promoteInfos)
  const float = floatDtype('normal', dtype)
  const shape = tensors.map((x) => x.shape).reduce((a, b) => broadcastPair('normal', a, b))
  if (std instanceof Tensor) {
    const least = std.elementCount === 0 || !canRead(std) ? 0 : amin(detach(std)).item()
    check(!(least < 0), () => new ArgumentError('normal', `every std must be at least 0, got ${least}`))
  }
  const scale = typeof std === 'number' ? std : 1
  const draw: Draw = {
    generator,
    host: (out) => samplers.normal(asFloats(out), generator, 0, scale, float),
    device: onDevice.normal(0, scale),
  }
  return apply(normalTensorsOp, tensors, { mean, std, shape, dtype, draw })
}
/** normal of tensors: those of mean and std that are; the numbers do not depend on them smoothly, so the gradients are zero. */
export const normalTensorsOp = structured<{
  readonly mean: number | Tensor
  readonly std: number | Tensor
  readonly shape: readonly number[]
  readonly dtype: DTypeInfo
  readonly draw: Draw
}>({
  name: 'normalTensors',
  gradName: 'NormalBackward0',
  infer: (_tensors, { shape, dtype }) => [{ shape, dtype }],
  run: (_backend, _tensors, { mean, std, draw }, [out]) =>
    withGradMode(false, () => {
      fillSamples(out, draw)
      if (std instanceof Tensor) copy_(out, mul(out, std))
      copy_(out, add(out, mean))
    }),
})
function checkStd(std: number): void {
  check(std >= 0, () => new ArgumentError('normal', `std must be at least 0, got ${std}`))
}
