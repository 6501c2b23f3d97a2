// Functions that make tensors from nothing, from host data, or like another tensor.
import { resultInto } from '../dispatch/out.ts'
import type { OutOption } from '../dispatch/out.ts'
import { getBackend, getDefaultDevice } from '../backend/registry.ts'
import type { Device } from '../backend/backend.ts'
import { defaultFloatInfo, dtypes } from '../dtype.ts'
import type { DType, DTypeInfo } from '../dtype.ts'
import { dtypeInfoOf, fillElements } from '../dispatch/elements.ts'
import { wrappedDtype } from '../dispatch/promotion.ts'
import { scalarCategory, scalarValue } from '../dispatch/scalar.ts'
import type { Scalar } from '../dispatch/scalar.ts'
import { ArgumentError, check } from '../errors.ts'
import { encodeElements, nestedShape } from '../host/encode.ts'
import type { NestedData } from '../host/encode.ts'
import { checkSizes, numelOf } from '../shape/shape.ts'
import { Tensor, newTensor } from '../tensor.ts'

/** Options of every function that makes a tensor. */
export interface FactoryOptions {
  dtype?: DType
  device?: Device
  /** Whether gradients are computed for it; needs @tt/autograd. */
  requiresGrad?: boolean
}

function make(op: string, shape: readonly number[], dtype: DTypeInfo, options: FactoryOptions): Tensor {
  checkSizes(op, shape)
  const info = options.dtype === undefined ? dtype : dtypeInfoOf(op, options.dtype)
  return newTensor(getBackend(options.device ?? getDefaultDevice(), op), info, shape, op)
}
const finish = (tensor: Tensor, { requiresGrad = false }: FactoryOptions): Tensor =>
  requiresGrad ? tensor.requiresGrad_() : tensor
const filled = (
  op: string,
  shape: readonly number[],
  value: Scalar,
  dtype: DTypeInfo,
  options: FactoryOptions,
): Tensor => {
  const result = make(op, shape, dtype, options)
  fillElements(result, value)
  return finish(result, options)
}
const scalarDtype = (value: Scalar): DTypeInfo => wrappedDtype(scalarCategory(value))

/**
 * A tensor of the given numbers.
 *
 * Numbers become the default float (float32), booleans bool, bigints int64, typed arrays keep their own dtype.
 * Unlike PyTorch, `tensor([1, 2])` is floating-point: JavaScript cannot tell 1 from 1.0.
 *
 * @param data a number, nested arrays of equal lengths, or a typed array
 * @throws ArgumentError for ragged arrays and for what is no number
 * @example
 * tensor([[1, 2], [3, 4]]).shape // => [2, 2]
 * tensor([1n, 2n]).dtype         // => 'int64'
 * @see torch.tensor
 */
export function tensor(data: NestedData, options: FactoryOptions = {}): Tensor {
  const shape = nestedShape('tensor', data)
  const { dtype, bytes } = encodeElements(
    'tensor',
    data,
    numelOf(shape),
    options.dtype === undefined ? null : dtypeInfoOf('tensor', options.dtype),
  )
  const result = make('tensor', shape, dtype, options)
  if (bytes.length > 0) result.storage.backend.write(result.storage.buffer, 0, bytes)
  return finish(result, options)
}

/** Uninitialised memory. @example empty([2, 3]).shape // => [2, 3] @see torch.empty */
export const empty = (size: readonly number[], options: FactoryOptions & OutOption = {}): Tensor =>
  options.out === undefined
    ? finish(make('empty', size, defaultFloatInfo(), options), options)
    : resultInto('empty', options.out, () => empty(size, { ...options, out: undefined }))
/** Filled with 0. @example zeros([2]).tolist() // => [0, 0] @see torch.zeros */
export const zeros = (size: readonly number[], options: FactoryOptions & OutOption = {}): Tensor =>
  options.out === undefined
    ? filled('zeros', size, 0, defaultFloatInfo(), options)
    : resultInto('zeros', options.out, () => zeros(size, { ...options, out: undefined }))
/** Filled with 1. @example ones([2]).tolist() // => [1, 1] @see torch.ones */
export const ones = (size: readonly number[], options: FactoryOptions & OutOption = {}): Tensor =>
  options.out === undefined
    ? filled('ones', size, 1, defaultFloatInfo(), options)
    : resultInto('ones', options.out, () => ones(size, { ...options, out: undefined }))
/**
 * Filled with `fillValue`, whose kind decides the dtype: float, bool, or int64 for whole numbers.
 *
 * @example
 * full([2], 0.5).tolist() // => [0.5, 0.5]
 * @see torch.full
 */
export const full = (
  size: readonly number[],
  fillValue: Scalar,
  options: FactoryOptions & OutOption = {},
): Tensor =>
  options.out === undefined
    ? filled('full', size, fillValue, scalarDtype(fillValue), options)
    : resultInto('full', options.out, () => full(size, fillValue, { ...options, out: undefined }))

/**
 * `start, start + step, ...` before `end`. One argument is the end. int64 if all three are whole numbers.
 *
 * @throws ArgumentError if step is 0 or leads away from end
 * @example
 * arange(3).tolist()       // => [0, 1, 2]
 * arange(1, 2, 0.5).tolist() // => [1, 1.5]
 * @see torch.arange
 */
export function arange(
  start: Scalar,
  end: Scalar | null = null,
  step: Scalar = 1,
  options: FactoryOptions & OutOption = {},
): Tensor {
  if (options.out !== undefined)
    return resultInto('arange', options.out, () => arange(start, end, step, { ...options, out: undefined }))

  const [from, to] = end === null ? [0, start] : [start, end]
  const [a, b, d] = [from, to, step].map((value) => castFor(options, value))
  check(
    d !== 0 && Number.isFinite(d),
    () => new ArgumentError('arange', `step must be a finite number other than 0, got ${d}`),
  )
  check(
    Number.isFinite(a) && Number.isFinite(b),
    () => new ArgumentError('arange', `start and end must be finite, got ${a} and ${b}`),
  )
  check(
    (b - a) * d >= 0,
    () => new ArgumentError('arange', `step must lead from start to end, got ${a}, ${b} and ${d}`),
  )
  const integers = [from, to, step].every((value) => scalarCategory(value) !== 'float')
  const count = Math.ceil((b - a) / d)
  return sequence('arange', count, (i) => a + i * d, integers ? dtypes.int64 : defaultFloatInfo(), options)
}

/**
 * `steps` evenly spaced numbers from `start` to `end`, both included.
 *
 * @throws ArgumentError if steps is negative or no integer
 * @example
 * linspace(0, 1, 3).tolist() // => [0, 0.5, 1]
 * @see torch.linspace
 */
export function linspace(
  start: Scalar,
  end: Scalar,
  steps: number,
  options: FactoryOptions & OutOption = {},
): Tensor {
  if (options.out !== undefined)
    return resultInto('linspace', options.out, () =>
      linspace(start, end, steps, { ...options, out: undefined }),
    )

  check(
    Number.isInteger(steps) && steps >= 0,
    () => new ArgumentError('linspace', `steps must be an integer of at least 0, got ${steps}`),
  )
  const [a, b] = [castFor(options, start), castFor(options, end)]
  const step = steps > 1 ? (b - a) / (steps - 1) : 0
  return sequence(
    'linspace',
    steps,
    (i) => (i < steps / 2 ? a + step * i : b - step * (steps - 1 - i)),
    defaultFloatInfo(),
    options,
  )
}

/**
 * `base` to evenly spaced powers.
 *
 * @example
 * logspace(0, 3, 4).tolist() // => [1, 10, 100, 1000]
 * @see torch.logspace
 */
export function logspace(
  start: Scalar,
  end: Scalar,
  steps: number,
  options: FactoryOptions & { base?: number } & OutOption = {},
): Tensor {
  if (options.out !== undefined)
    return resultInto('logspace', options.out, () =>
      logspace(start, end, steps, { ...options, out: undefined }),
    )

  const { base = 10, ...rest } = options
  check(
    Number.isInteger(steps) && steps >= 0,
    () => new ArgumentError('logspace', `steps must be an integer of at least 0, got ${steps}`),
  )
  const [a, b] = [castFor(options, start), castFor(options, end)]
  const step = steps > 1 ? (b - a) / (steps - 1) : 0
  return sequence(
    'logspace',
    steps,
    (i) => base ** (i < steps / 2 ? a + step * i : b - step * (steps - 1 - i)),
    defaultFloatInfo(),
    rest,
  )
}

// The number as the dtype that was asked for sees it: integers cut what comes after the point, before counting.
const castFor = ({ dtype }: FactoryOptions, value: Scalar): number => {
  const number = Number(scalarValue(value))
  return dtype !== undefined && dtypes[dtype]?.category === 'int' ? Math.trunc(number) : number
}

function sequence(
  op: string,
  count: number,
  at: (i: number) => number,
  dtype: DTypeInfo,
  options: FactoryOptions,
): Tensor {
  const result = make(op, [count], dtype, options)
  const { bytes } = encodeElements(
    op,
    Float64Array.from({ length: count }, (_, i) => at(i)),
    count,
    result.dtypeInfo,
  )
  if (count > 0) result.storage.backend.write(result.storage.buffer, 0, bytes)
  return finish(result, options)
}

/**
 * The matrix with ones on the diagonal, `n` rows, `m` columns (default n).
 *
 * @example
 * eye(2, 3).tolist() // => [[1, 0, 0], [0, 1, 0]]
 * @see torch.eye
 */
export function eye(n: number, m: number | null = null, options: FactoryOptions & OutOption = {}): Tensor {
  if (options.out !== undefined)
    return resultInto('eye', options.out, () => eye(n, m, { ...options, out: undefined }))

  const columns = m ?? n
  const result = make('eye', [n, columns], defaultFloatInfo(), options)
  fillElements(result, 0)
  const length = Math.min(n, columns)
  const window = { ...result, shape: [length], strides: [columns + 1], offset: 0, base: null }
  fillElements(new Tensor(window), 1)
  return finish(result, options)
}

/**
 * A tensor on the meta device or any other, of given strides, uninitialised.
 *
 * @example
 * emptyStrided([2, 3], [1, 2]).strides // => [1, 2]
 * @see torch.empty_strided
 */
export function emptyStrided(
  size: readonly number[],
  stride: readonly number[],
  options: FactoryOptions = {},
): Tensor {
  const length = size.includes(0) ? 0 : size.reduce((last, n, i) => last + (n - 1) * stride[i], 0) + 1
  const memory = make('emptyStrided', [length], defaultFloatInfo(), options)
  return finish(new Tensor({ ...memory, shape: size, strides: stride, offset: 0, base: null }), options)
}
