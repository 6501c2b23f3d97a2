// The add-product family: addmm, addmv, addr, addbmm, baddbmm.
import { resultInto } from '../dispatch/out.ts'
import type { OutOption } from '../dispatch/out.ts'
import { isNumber, scalarCategory, scalarValue } from '../dispatch/scalar.ts'
import type { Scalar } from '../dispatch/scalar.ts'
import { checkFactors, runMatmul, windowOf } from '../dispatch/matmul.ts'
import { applyComposite, composite } from '../dispatch/structured.ts'
import { DTypeError, ShapeError, check } from '../errors.ts'
import { broadcastPair, broadcastStrides, formatShape, sameShape } from '../shape/shape.ts'
import type { Tensor } from '../tensor.ts'
import { newTensor } from '../tensor.ts'
import { add, mul } from './arithmetic.ts'
import { copy_, to } from './copy.ts'
import { resize_ } from './geometry.ts'
import { bmm, mm, mv } from './matmul.ts'
import { sum } from './reduce.ts'
import { unsqueeze } from './views.ts'

/** Factors of the add-product ops: `beta · self + alpha · product`. */
export interface AddProductOptions {
  beta?: Scalar
  alpha?: Scalar
}
/** Attributes of the add-product ops. */
export interface AddProductAttrs {
  readonly beta: Scalar
  readonly alpha: Scalar
}

// beta = 0 leaves self out, NaN and all.
const combine = (self: Tensor, product: Tensor, { beta, alpha }: AddProductAttrs): Tensor => {
  const scaled = isNumber(alpha, 1) ? product : mul(product, alpha)
  if (isNumber(beta, 0)) return scaled
  return add(scaled, isNumber(beta, 1) ? self : mul(self, beta))
}
const isOne = ({ beta, alpha }: AddProductAttrs): boolean => isNumber(beta, 1) && isNumber(alpha, 1)

const addProduct = (
  name: string,
  ranks: readonly [number, number],
  product: (a: Tensor, b: Tensor) => Tensor,
  fusable: boolean,
) => {
  const record = composite<AddProductAttrs>({
    name,
    decompose: ([self, a, b], attrs) => [combine(self, product(a, b), attrs)],
    fuse: (backend, [self, a, b], attrs) => {
      if (!fusable || !isOne(attrs) || a.shape.at(-1) === 0) return null
      const lead = a.ndim === 2 ? [1] : []
      const out = newTensor(backend, a.dtypeInfo, [...a.shape.slice(0, -1), b.shape[b.ndim - 1]], name)
      const at = (x: Tensor) => windowOf(x, [...lead, ...x.shape], [...lead.map(() => 0), ...x.strides])
      const bias = windowOf(
        self,
        [...lead, ...out.shape],
        [...lead.map(() => 0), ...broadcastStrides(self, out.shape)],
      )
      runMatmul(
        backend,
        at(a),
        at(b),
        bias,
        out,
        [...lead, ...out.shape],
        [...lead.map(() => 0), ...out.strides],
      )
      return [out]
    },
  })
  const call = (self: Tensor, a: Tensor, b: Tensor, { beta = 1, alpha = 1 }: AddProductOptions): Tensor => {
    checkFactors(name, [self, a, b])
    check(
      a.ndim === ranks[0] && b.ndim === ranks[1],
      () =>
        new ShapeError(
          name,
          `the factors must have ${ranks[0]} and ${ranks[1]} dims, got ${formatShape(a.shape)} and ${formatShape(b.shape)}`,
        ),
    )
    const attrs = { beta: fitting(name, 'beta', beta, self), alpha: fitting(name, 'alpha', alpha, self) }
    const shape = productShape(name, a, b)
    check(
      self.ndim <= shape.length && sameShape(broadcastPair(name, self.shape, shape), shape),
      () =>
        new ShapeError(
          name,
          `the input must broadcast to the product's shape ${formatShape(shape)}, got ${formatShape(self.shape)}`,
        ),
    )
    return applyComposite(record, [self, a, b], attrs)[0]
  }
  return { record, call }
}

function productShape(name: string, a: Tensor, b: Tensor): readonly number[] {
  if (name === 'addr') return [a.shape[0], b.shape[0]]
  const inner = b.shape[Math.max(b.ndim - 2, 0)]
  check(
    a.shape.at(-1) === inner && (a.ndim < 3 || a.shape[0] === b.shape[0]),
    () =>
      new ShapeError(
        name,
        `the sizes of the factors must fit, got ${formatShape(a.shape)} and ${formatShape(b.shape)}`,
      ),
  )
  const shape = [...a.shape.slice(0, -1), ...(b.ndim > 1 ? [b.shape[b.ndim - 1]] : [])]
  return name === 'addbmm' ? shape.slice(1) : shape
}

/** The factor as it counts for the dtype: for integers without its fraction, as in PyTorch; addr refuses one. */
function fitting(op: string, name: string, value: Scalar, self: Tensor): Scalar {
  if (self.dtypeInfo.differentiable || scalarCategory(value) !== 'float') return value
  check(
    op !== 'addr',
    () =>
      new DTypeError(
        op,
        `${name} must be an integer for integer tensors, got ${String(scalarValue(value))} for ${self.dtype}`,
      ),
  )
  return Math.trunc(Number(scalarValue(value)))
}

const outerProduct = (a: Tensor, b: Tensor): Tensor => mul(unsqueeze(a, 1), b)
const { record: addmmRecord, call: callAddmm } = addProduct('addmm', [2, 2], mm, true)
const { record: addmvRecord, call: callAddmv } = addProduct('addmv', [2, 1], mv, false)
const { record: addrRecord, call: callAddr } = addProduct('addr', [1, 1], outerProduct, false)
const { record: addbmmRecord, call: callAddbmm } = addProduct(
  'addbmm',
  [3, 3],
  (a, b) => sum(bmm(a, b), 0, { dtype: a.dtype }),
  false,
)
const { record: baddbmmRecord, call: callBaddbmm } = addProduct('baddbmm', [3, 3], bmm, true)
/** addmm: tensors are self, mat1, mat2. */
export const addmmOp = addmmRecord
/** addmv: tensors are self, mat, vec. */
export const addmvOp = addmvRecord
/** addr: tensors are self, vec1, vec2. */
export const addrOp = addrRecord
/** addbmm: tensors are self, batch1, batch2. */
export const addbmmOp = addbmmRecord
/** baddbmm: tensors are self, batch1, batch2. */
export const baddbmmOp = baddbmmRecord

/**
 * `beta · self + alpha · (mat1 · mat2)`; self broadcasts to [M, N].
 *
 * @example
 * addmm(tensor([1, 1]), tensor([[1, 2]]), eye(2), { alpha: 10 }).tolist() // => [[11, 21]]
 * @see torch.addmm
 */
export const addmm = (
  self: Tensor,
  mat1: Tensor,
  mat2: Tensor,
  options: AddProductOptions & OutOption = {},
): Tensor =>
  options.out === undefined
    ? callAddmm(self, mat1, mat2, options)
    : resultInto('addmm', options.out, () => addmm(self, mat1, mat2, { ...options, out: undefined }))
/**
 * `beta · self + alpha · (mat · vec)`.
 *
 * @example
 * addmv(tensor([1, 1]), tensor([[1, 2], [3, 4]]), tensor([1, 1])).tolist() // => [4, 8]
 * @see torch.addmv
 */
export const addmv = (
  self: Tensor,
  mat: Tensor,
  vec: Tensor,
  options: AddProductOptions & OutOption = {},
): Tensor =>
  options.out === undefined
    ? callAddmv(self, mat, vec, options)
    : resultInto('addmv', options.out, () => addmv(self, mat, vec, { ...options, out: undefined }))
/**
 * `beta · self + alpha · (vec1 ⊗ vec2)`.
 *
 * @example
 * addr(zeros([2, 2]), tensor([1, 2]), tensor([3, 4])).tolist() // => [[3, 4], [6, 8]]
 * @see torch.addr
 */
export const addr = (
  self: Tensor,
  vec1: Tensor,
  vec2: Tensor,
  options: AddProductOptions & OutOption = {},
): Tensor => {
  if (options.out !== undefined)
    return resultInto('addr', options.out, () => addr(self, vec1, vec2, { ...options, out: undefined }))

  // the outer product takes every dtype, bool too
  const dtype = self.dtype === 'bool' && vec1.dtype === 'bool' && vec2.dtype === 'bool' ? 'uint8' : null
  if (dtype === null) return callAddr(self, vec1, vec2, options)
  const [a, b, c] = [self, vec1, vec2].map((x) => to(x, { dtype }))
  return to(
    callAddr(a, b, c, {
      beta: Number(scalarValue(options.beta ?? 1)),
      alpha: Number(scalarValue(options.alpha ?? 1)),
    }),
    {
      dtype: 'bool',
    },
  )
}
/**
 * `beta · self + alpha · Σ (batch1 · batch2)`, summed over the batch.
 *
 * @example
 * addbmm(zeros([1, 1]), ones([3, 1, 2]), ones([3, 2, 1])).tolist() // => [[6]]
 * @see torch.addbmm
 */
export const addbmm = (
  self: Tensor,
  batch1: Tensor,
  batch2: Tensor,
  options: AddProductOptions & OutOption = {},
): Tensor =>
  options.out === undefined
    ? callAddbmm(self, batch1, batch2, options)
    : resultInto('addbmm', options.out, () => addbmm(self, batch1, batch2, { ...options, out: undefined }))
/**
 * `beta · self + alpha · (batch1 · batch2)`, for each of the batch.
 *
 * @example
 * baddbmm(ones([2, 1, 1]), ones([2, 1, 2]), ones([2, 2, 1])).tolist() // => [[[3]], [[3]]]
 * @see torch.baddbmm
 */
export const baddbmm = (
  self: Tensor,
  batch1: Tensor,
  batch2: Tensor,
  options: AddProductOptions & OutOption = {},
): Tensor =>
  options.out === undefined
    ? callBaddbmm(self, batch1, batch2, options)
    : resultInto('baddbmm', options.out, () => baddbmm(self, batch1, batch2, { ...options, out: undefined }))

// The in-place forms: the result, which must have the shape and a castable dtype of self, is written over it.
const overwrite = (name: string, self: Tensor, result: Tensor): Tensor => {
  check(
    sameShape(self.shape, result.shape),
    () =>
      new ShapeError(
        name,
        `the result must have the shape of self, got ${formatShape(result.shape)} for self of ${formatShape(self.shape)}`,
      ),
  )
  return copy_(self, result)
}
/** addmm into self. @see torch.Tensor.addmm_ */
export const addmm_ = (self: Tensor, mat1: Tensor, mat2: Tensor, options: AddProductOptions = {}): Tensor =>
  overwrite('addmm_', self, addmm(self, mat1, mat2, options))
/** addmv into self. @see torch.Tensor.addmv_ */
export const addmv_ = (self: Tensor, mat: Tensor, vec: Tensor, options: AddProductOptions = {}): Tensor =>
  overwrite('addmv_', self, addmv(self, mat, vec, options))
/** addr into self. @see torch.Tensor.addr_ */
export const addr_ = (self: Tensor, vec1: Tensor, vec2: Tensor, options: AddProductOptions = {}): Tensor =>
  overwrite('addr_', self, addr(self, vec1, vec2, options))
/** addbmm into self, which takes the shape of the result, as in PyTorch. @see torch.Tensor.addbmm_ */
export const addbmm_ = (
  self: Tensor,
  batch1: Tensor,
  batch2: Tensor,
  options: AddProductOptions = {},
): Tensor => {
  const result = addbmm(self, batch1, batch2, options)
  if (!sameShape(self.shape, result.shape)) resize_(self, result.shape)
  return copy_(self, result)
}
/** baddbmm into self. @see torch.Tensor.baddbmm_ */
export const baddbmm_ = (
  self: Tensor,
  batch1: Tensor,
  batch2: Tensor,
  options: AddProductOptions = {},
): Tensor => overwrite('baddbmm_', self, baddbmm(self, batch1, batch2, options))
