// Softmax and its relatives: softmax, logSoftmax, softmin, logsumexp.
import { resultInto } from '../dispatch/out.ts'
import type { OutOption } from '../dispatch/out.ts'
import type { Backend } from '../backend/backend.ts'
import { dtypeInfoOf } from '../dispatch/elements.ts'
import { applyComposite, composite } from '../dispatch/structured.ts'
import { defaultFloatInfo } from '../dtype.ts'
import type { DType } from '../dtype.ts'
import { DTypeError, check } from '../errors.ts'
import { wrapDim, wrapDims } from '../shape/shape.ts'
import { newTensor } from '../tensor.ts'
import type { Tensor } from '../tensor.ts'
import { abs, add, div, mul, neg, sub } from './arithmetic.ts'
import { eq } from './comparison.ts'
import { where } from './choice.ts'
import { contiguous, to } from './copy.ts'
import { exp, log } from './math.ts'
import { amax, sum } from './reduce.ts'
import type { Dims } from './reduce.ts'
import { detach, reshape, squeeze } from './views.ts'

/** Attributes of softmax and logSoftmax. */
export interface SoftmaxAttrs {
  readonly dim: number
}

const isHalf = (x: Tensor): boolean => x.dtypeInfo.itemSize === 2
/** Runs it in float32 if the input is of a half type. */
const wide = (tensors: readonly Tensor[], run: (tensors: readonly Tensor[]) => Tensor): Tensor =>
  isHalf(tensors[0])
    ? to(run(tensors.map((x) => to(x, { dtype: 'float32' }))), { dtype: tensors[0].dtype })
    : run(tensors)

const softmaxLike = (name: 'softmax' | 'logSoftmax') =>
  composite<SoftmaxAttrs>({
    name,
    decompose: ([self], { dim }) => {
      if (self.elementCount === 0) return [exp(self)]
      return [
        wide([self], ([x]) => {
          const shifted = sub(x, amax(detach(x), dim, { keepdim: true }))
          const e = exp(shifted)
          const total = sum(e, dim, { keepdim: true })
          return name === 'softmax' ? div(e, total) : sub(shifted, log(total))
        }),
      ]
    },
    fuse: (backend, [self], { dim }) => {
      if (
        dim < self.ndim - 1 ||
        self.ndim === 0 ||
        self.elementCount === 0 ||
        backend.fused.softmax === undefined
      )
        return null
      const source = contiguous(self)
      const out = newTensor(backend, self.dtypeInfo, self.shape, name)
      return backend.fused.softmax(source, name === 'logSoftmax', out) ? [out] : null
    },
  })
/** softmax along a dim. */
export const softmaxOp = softmaxLike('softmax')
/** logSoftmax along a dim. */
export const logSoftmaxOp = softmaxLike('logSoftmax')

/** Attributes of softmaxBackward: `log` for that of logSoftmax. */
export interface SoftmaxBackwardAttrs extends SoftmaxAttrs {
  readonly log: boolean
}
/** softmaxBackward: gradient and result of softmax (or logSoftmax); differentiable by its decomposition. */
export const softmaxBackwardOp = composite<SoftmaxBackwardAttrs>({
  name: 'softmaxBackward',
  decompose: ([gradient, result], attrs) => [
    wide([gradient, result], ([g, y]) => {
      if (attrs.log) return sub(g, mul(exp(y), sum(g, attrs.dim, { keepdim: true })))
      const weighted = mul(g, y)
      return sub(weighted, mul(y, sum(weighted, attrs.dim, { keepdim: true })))
    }),
  ],
  fuse: (backend: Backend, [gradient, result], attrs) => {
    if (
      attrs.dim < result.ndim - 1 ||
      result.ndim === 0 ||
      result.elementCount === 0 ||
      backend.fused.softmaxBackward === undefined
    )
      return null
    const out = newTensor(backend, result.dtypeInfo, result.shape, 'softmaxBackward')
    return backend.fused.softmaxBackward(contiguous(gradient), contiguous(result), attrs.log, out)
      ? [out]
      : null
  },
})

function normalized(op: typeof softmaxOp, self: Tensor, dim: number, dtype: DType | undefined): Tensor {
  const at = wrapDim(op.name, dim, self.ndim)
  const source = dtype === undefined ? self : to(self, { dtype: dtypeInfoOf(op.name, dtype).name })
  check(
    source.dtypeInfo.category === 'float',
    () =>
      new DTypeError(
        op.name,
        `the input must be floating-point, got ${source.dtype}. Give a dtype: { dtype: 'float32' }`,
      ),
  )
  return applyComposite(op, [source], { dim: at })[0]
}

/** Options of the softmax family. */
export interface SoftmaxOptions {
  /** Cast to it first. */
  dtype?: DType
}
/**
 * `exp(x) / Σ exp(x)` along `dim`: positive, with sum 1.
 *
 * @throws IndexError if dim is out of range
 * @throws DTypeError for integers without `dtype`
 * @example
 * tensor([0, 0]).softmax(0).tolist() // => [0.5, 0.5]
 * @see torch.softmax
 */
export const softmax = (self: Tensor, dim: number, { out, dtype }: SoftmaxOptions & OutOption = {}): Tensor =>
  out === undefined
    ? normalized(softmaxOp, self, dim, dtype)
    : resultInto('softmax', out, () => softmax(self, dim, { dtype }))
/**
 * `x − log Σ exp(x)` along `dim`: the logarithm of softmax, without overflow.
 *
 * @example
 * logSoftmax(tensor([0, Math.log(3)]), 0).tolist() // => [-1.38629, -0.287682]
 * @see torch.log_softmax
 */
export const logSoftmax = (
  self: Tensor,
  dim: number,
  { out, dtype }: SoftmaxOptions & OutOption = {},
): Tensor =>
  out === undefined
    ? normalized(logSoftmaxOp, self, dim, dtype)
    : resultInto('logSoftmax', out, () => logSoftmax(self, dim, { dtype }))

/** logsumexp over dims. */
export const logsumexpOp = composite<{ dims: readonly number[]; keepdim: boolean }>({
  name: 'logsumexp',
  decompose: ([self], { dims, keepdim }) => {
    if (self.elementCount === 0 && dims.some((d) => self.shape[d] === 0))
      return [log(sum(exp(self), dims, { keepdim }))]
    const largest = amax(detach(self), dims, { keepdim: true })
    const shift = where(eq(abs(largest), Infinity), 0, largest) // inf − inf would be NaN
    const total = log(sum(exp(sub(self, shift)), dims, { keepdim }))
    return [add(total, keepdim ? shift : reshape(squeeze(shift, dims), total.shape))]
  },
})
/**
 * `log Σ exp(x)` over dims, without overflow.
 *
 * @example
 * logsumexp(tensor([1, 1]), 0).item() // => 1.69315
 * @see torch.logsumexp
 */
export function logsumexp(
  self: Tensor,
  dim: Dims,
  { out, keepdim = false }: { keepdim?: boolean } & OutOption = {},
): Tensor {
  if (out !== undefined) return resultInto('logsumexp', out, () => logsumexp(self, dim, { keepdim }))

  const source = self.dtypeInfo.category === 'float' ? self : to(self, { dtype: defaultFloatInfo().name })
  return applyComposite(logsumexpOp, [source], { dims: wrapDims('logsumexp', dim, self.ndim), keepdim })[0]
}

/**
 * softmax of −x. Unlike the others it is no method in PyTorch, here it is.
 *
 * @example
 * softmin(tensor([0, Math.log(3)]), 0).tolist() // => [0.75, 0.25]
 * @see torch.nn.functional.softmin
 */
export const softmin = (self: Tensor, dim: number, { dtype }: SoftmaxOptions = {}): Tensor =>
  softmax(neg(dtype === undefined ? self : to(self, { dtype })), dim)
