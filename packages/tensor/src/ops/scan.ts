// Running results along a dim: cumsum, cumprod, cummax, cummin, logcumsumexp; differences and trapezoids.
import { resultInto } from '../dispatch/out.ts'
import type { OutOption, OutsOption } from '../dispatch/out.ts'
import type { Backend } from '../backend/backend.ts'
import { copyElements, dtypeInfoOf } from '../dispatch/elements.ts'
import { float, scalarValue } from '../dispatch/scalar.ts'
import type { Scalar } from '../dispatch/scalar.ts'
import {
  apply,
  applyAll,
  applyComposite,
  applyInPlace,
  composite,
  structured,
} from '../dispatch/structured.ts'
import { dtypes } from '../dtype.ts'
import type { DType } from '../dtype.ts'
import { ArgumentError, DTypeError, ShapeError, check } from '../errors.ts'
import { wrapDim } from '../shape/shape.ts'
import { viewOf } from '../tensor.ts'
import type { Tensor } from '../tensor.ts'
import { add, mul, sub } from './arithmetic.ts'
import { ne } from './comparison.ts'
import { clone, to } from './copy.ts'
import type { MaxMin } from './extremes.ts'
import type { AlongDim } from './indexing.ts'
import { cat } from './join.ts'
import { logaddexp } from './logarithm.ts'
import { sum } from './reduce.ts'
import { narrow, reshape } from './views.ts'

const dimmed = (t: Tensor): Tensor => (t.ndim === 0 ? viewOf(t, [1], [1], t.offset) : t)

const running = (name: string, mode: 'sum' | 'prod', complex: 'parts' | 'whole') =>
  structured<AlongDim>({
    name,
    complex,
    infer: ([self]) => [{ shape: self.shape, dtype: self.dtypeInfo }],
    run: (backend, [self], { dim }, [out]) => {
      if (self.dtypeInfo.component !== null) complexProducts(backend, dimmed(self), dim, dimmed(out))
      else if (out.elementCount > 0) backend.kernels.scan(mode, dimmed(self), dim, dimmed(out), null)
    },
  })
// By doubling: after k rounds each element is the product of the 2ᵏ up to it.
function complexProducts(backend: Backend, self: Tensor, dim: number, out: Tensor): void {
  const size = self.shape[dim]
  let rest = self
  for (let step = 1; step < size; step *= 2) {
    const product = mul(narrow(rest, dim, step, size - step), narrow(rest, dim, 0, size - step))
    rest = cat([narrow(rest, dim, 0, step), product], dim)
  }
  copyElements(backend, rest, out)
}
/** cumsum along a dim; integers were made int64 before. */
export const cumsumOp = running('cumsum', 'sum', 'parts')
/** cumprod along a dim; integers were made int64 before. */
export const cumprodOp = running('cumprod', 'prod', 'whole')

/** Options of cumsum and cumprod. */
export interface CumulateOptions {
  /** Cast to it before; default: int64 for integers and bool. */
  dtype?: DType
}
function cumulate(op: typeof cumsumOp, self: Tensor, dim: number, { dtype }: CumulateOptions): Tensor {
  const at = wrapDim(op.name, dim, self.ndim)
  const target =
    dtype !== undefined
      ? dtypeInfoOf(op.name, dtype)
      : self.dtypeInfo.differentiable
        ? self.dtypeInfo
        : dtypes.int64
  return apply(op, [to(self, { dtype: target.name })], { dim: at })
}
/**
 * The running sum along `dim`.
 *
 * @throws IndexError if dim is out of range
 * @example
 * tensor([1, 2, 3]).cumsum(0).tolist() // => [1, 3, 6]
 * @see torch.cumsum
 */
export const cumsum = (self: Tensor, dim: number, options: CumulateOptions & OutOption = {}): Tensor =>
  options.out === undefined
    ? cumulate(cumsumOp, self, dim, options)
    : resultInto('cumsum', options.out, () => cumsum(self, dim, { ...options, out: undefined }))
/**
 * The running product along `dim`.
 *
 * @example
 * cumprod(tensor([1, 2, 3, 4]), 0).tolist() // => [1, 2, 6, 24]
 * @see torch.cumprod
 */
export const cumprod = (self: Tensor, dim: number, options: CumulateOptions & OutOption = {}): Tensor =>
  options.out === undefined
    ? cumulate(cumprodOp, self, dim, options)
    : resultInto('cumprod', options.out, () => cumprod(self, dim, { ...options, out: undefined }))
const cumulateInto = (op: typeof cumsumOp, self: Tensor, dim: number): Tensor =>
  applyInPlace(op, [self], { dim: wrapDim(op.name, dim, self.ndim) })
/** In-place cumsum, in the dtype of self. @see torch.Tensor.cumsum_ */
export const cumsum_ = (self: Tensor, dim: number): Tensor => cumulateInto(cumsumOp, self, dim)
/** In-place cumprod, in the dtype of self. @see torch.Tensor.cumprod_ */
export const cumprod_ = (self: Tensor, dim: number): Tensor => cumulateInto(cumprodOp, self, dim)

const extreme = (name: string, mode: 'max' | 'min') =>
  structured<AlongDim>({
    name,
    infer: ([self]) => [
      { shape: self.shape, dtype: self.dtypeInfo },
      { shape: self.shape, dtype: dtypes.int64 },
    ],
    run: (backend, [self], { dim }, [values, indices]) => {
      if (values.elementCount > 0)
        backend.kernels.scan(mode, dimmed(self), dim, dimmed(values), dimmed(indices))
    },
  })
/** cummax: values and their last positions. */
export const cummaxOp = extreme('cummax', 'max')
/** cummin: values and their last positions. */
export const cumminOp = extreme('cummin', 'min')
const extremes = (op: typeof cummaxOp, self: Tensor, dim: number): MaxMin => {
  const [values, indices] = applyAll(op, [self], { dim: wrapDim(op.name, dim, self.ndim) })
  return { values, indices }
}
/**
 * The largest so far along `dim`, and its last position.
 *
 * @example
 * cummax(tensor([1, 3, 2, 3]), 0).values.tolist() // => [1, 3, 3, 3]
 * cummax(tensor([1, 3, 2, 3]), 0).indices.tolist() // => [0, 1, 1, 3]
 * @see torch.cummax
 */
export const cummax = (self: Tensor, dim: number, { out }: OutsOption = {}): MaxMin =>
  out === undefined ? extremes(cummaxOp, self, dim) : resultInto('cummax', out, () => cummax(self, dim))
/**
 * The smallest so far along `dim`, and its last position.
 *
 * @example
 * cummin(tensor([3, 1, 2, 1]), 0).values.tolist() // => [3, 1, 1, 1]
 * cummin(tensor([3, 1, 2, 1]), 0).indices.tolist() // => [0, 1, 1, 3]
 * @see torch.cummin
 */
export const cummin = (self: Tensor, dim: number, { out }: OutsOption = {}): MaxMin =>
  out === undefined ? extremes(cumminOp, self, dim) : resultInto('cummin', out, () => cummin(self, dim))

/** logcumsumexp: the dim. */
export const logcumsumexpOp = composite<AlongDim>({
  name: 'logcumsumexp',
  decompose: ([self], { dim }) => {
    if (self.ndim === 0) return [clone(self)]
    const length = self.shape[dim]
    let result = self // after the step of width w: over the last 2w positions
    for (let width = 1; width < length; width *= 2) {
      const rest = length - width
      result = cat(
        [
          narrow(result, dim, 0, width),
          logaddexp(narrow(result, dim, width, rest), narrow(result, dim, 0, rest)),
        ],
        dim,
      )
    }
    return [result === self ? clone(self) : result]
  },
})
/**
 * The logarithm of the running sum of exponentials along `dim`.
 *
 * @throws DTypeError for integers
 * @example
 * logcumsumexp(tensor([0, 0, 0]), 0).tolist() // => [0, 0.693147, 1.09861]
 * @see torch.logcumsumexp
 */
export function logcumsumexp(self: Tensor, dim: number, { out }: OutOption = {}): Tensor {
  if (out !== undefined) return resultInto('logcumsumexp', out, () => logcumsumexp(self, dim))

  check(
    self.dtypeInfo.category === 'float',
    () => new DTypeError('logcumsumexp', `the input must be floating-point, got ${self.dtype}`),
  )
  return applyComposite(logcumsumexpOp, [self], { dim: wrapDim('logcumsumexp', dim, self.ndim) })[0]
}

/**
 * Differences of neighbours along `dim`, taken `n` times; xor for bool.
 *
 * @param prepend, append: put before and after self along dim first
 * @throws ShapeError for a 0-dim tensor
 * @example
 * tensor([1, 4, 9]).diff().tolist() // => [3, 5]
 * @see torch.diff
 */
export function diff(
  self: Tensor,
  dim = -1,
  prepend: Tensor | null = null,
  append: Tensor | null = null,
  { out, n = 1 }: { n?: number } & OutOption = {},
): Tensor {
  if (out !== undefined) return resultInto('diff', out, () => diff(self, dim, prepend, append, { n }))

  check(self.ndim > 0, () => new ShapeError('diff', 'self must have a dim, got a 0-dim tensor'))
  check(
    Number.isInteger(n) && n >= 0,
    () => new ArgumentError('diff', `n must be an integer of at least 0, got ${n}`),
  )
  const at = wrapDim('diff', dim, self.ndim)
  const parts = [prepend, self, append].filter((part) => part !== null)
  let result = parts.length === 1 ? self : cat(parts, at)
  if (n === 0) return clone(result)
  for (let i = 0; i < n; i++) {
    const length = result.shape[at] - 1
    if (length < 0) return result
    const [after, before] = [narrow(result, at, 1, length), narrow(result, at, 0, length)]
    result = self.dtype === 'bool' ? ne(after, before) : sub(after, before)
  }
  return result
}

/** Options of trapezoid. */
export interface TrapezoidOptions {
  /** The distance between neighbours when `x` is not given. */
  dx?: Scalar
}
// dx · (y[i] + y[i + 1]) / 2
function areas(op: string, y: Tensor, x: Tensor | null, dim: number, dx: Scalar): Tensor {
  const at = wrapDim(op, dim, y.ndim)
  const length = Math.max(0, (y.shape[at] ?? 1) - 1)
  const [after, before] = [narrow(y, at, Math.min(1, y.shape[at]), length), narrow(y, at, 0, length)]
  const heights = add(after, before)
  if (x === null) return mul(heights, float(Number(scalarValue(dx)) / 2))
  const steps = x.ndim === 1 ? diff(x) : diff(x, at - y.ndim)
  const widths = x.ndim === 1 ? reshape(steps, [-1, ...new Array<number>(y.ndim - 1 - at).fill(1)]) : steps
  return mul(mul(heights, widths), 0.5)
}
/**
 * The area under `y` along `dim` by the trapezoidal rule.
 *
 * @param x positions of y
 * @example
 * trapezoid(tensor([1, 2, 3])).item() // => 4
 * @see torch.trapezoid
 */
export const trapezoid = (
  y: Tensor,
  x: Tensor | null = null,
  dim = -1,
  { dx = 1 }: TrapezoidOptions = {},
): Tensor => sum(areas('trapezoid', y, x, dim, dx), dim)
/** As trapezoid. @example trapz(tensor([1, 2, 3]), tensor([0, 2, 3])).item() // => 5.5 @see torch.trapz */
export const trapz = trapezoid
/**
 * The running area under `y` along `dim`.
 *
 * @example
 * cumulativeTrapezoid(tensor([1, 2, 3])).tolist() // => [1.5, 4]
 * @see torch.cumulative_trapezoid
 */
export const cumulativeTrapezoid = (
  y: Tensor,
  x: Tensor | null = null,
  dim = -1,
  { dx = 1 }: TrapezoidOptions = {},
): Tensor => cumsum(areas('cumulativeTrapezoid', y, x, dim, dx), dim)
