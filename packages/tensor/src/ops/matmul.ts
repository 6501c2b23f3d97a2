// Products of matrices and vectors: mm, bmm, mv, dot, and matmul, which chooses among them.
import { resultInto } from '../dispatch/out.ts'
import type { OutOption } from '../dispatch/out.ts'
import { checkFactors, leading, runMatmul, unsafeView, windowOf } from '../dispatch/matmul.ts'
import { apply, structured } from '../dispatch/structured.ts'
import { ShapeError, check } from '../errors.ts'
import { broadcastPair, formatShape, sameShape } from '../shape/shape.ts'
import type { Tensor } from '../tensor.ts'
import { conj, isComplex } from './complex-parts.ts'
import { expand, reshape, squeeze, unsqueeze } from './views.ts'

const bothShapes = (a: Tensor, b: Tensor): string => `${formatShape(a.shape)} and ${formatShape(b.shape)}`
const checkDims = (op: string, a: Tensor, m: number, b: Tensor, n: number): void =>
  check(
    a.ndim === m && b.ndim === n,
    () =>
      new ShapeError(
        op,
        `the operands must have ${m} and ${n} dims, got ${bothShapes(a, b)}. Use matmul for others`,
      ),
  )
const checkInner = (op: string, a: Tensor, b: Tensor): void =>
  check(
    a.shape.at(-1) === b.shape[Math.max(b.ndim - 2, 0)],
    () =>
      new ShapeError(
        op,
        `the last dim of the first operand must equal the ${b.ndim > 1 ? 'second-to-last' : 'only one'} of the second, got ${bothShapes(a, b)}`,
      ),
  )

/** mm: [M, K] · [K, N]. */
export const mmOp = structured<null>({
  name: 'mm',
  complex: 'whole',
  infer: ([self, mat2]) => {
    checkFactors('mm', [self, mat2])
    checkDims('mm', self, 2, mat2, 2)
    checkInner('mm', self, mat2)
    return [{ shape: [self.shape[0], mat2.shape[1]], dtype: self.dtypeInfo }]
  },
  run: (backend, [self, mat2], _attrs, [out]) => {
    const [[m, k], n] = [self.shape, mat2.shape[1]]
    runMatmul(
      backend,
      windowOf(self, [1, m, k], [0, ...self.strides]),
      windowOf(mat2, [1, k, n], [0, ...mat2.strides]),
      null,
      out,
      [1, m, n],
      [0, ...out.strides],
    )
  },
})
/**
 * The product of two matrices.
 *
 * @param self [M, K]
 * @param mat2 [K, N], of the same dtype
 * @returns [M, N]
 * @throws ShapeError if the inner sizes differ
 * @example
 * mm(tensor([[1, 2]]), tensor([[3], [4]])).tolist() // => [[11]]
 * @see torch.mm
 */
export const mm = (self: Tensor, mat2: Tensor, { out }: OutOption = {}): Tensor =>
  out === undefined ? apply(mmOp, [self, mat2], null) : resultInto('mm', out, () => mm(self, mat2))

/** bmm: [B, M, K] · [B, K, N]. */
export const bmmOp = structured<null>({
  name: 'bmm',
  complex: 'whole',
  infer: ([self, mat2]) => {
    checkFactors('bmm', [self, mat2])
    checkDims('bmm', self, 3, mat2, 3)
    check(
      self.shape[0] === mat2.shape[0],
      () =>
        new ShapeError(
          'bmm',
          `the first dims of both operands must be equal, got ${bothShapes(self, mat2)}. Use matmul to broadcast`,
        ),
    )
    checkInner('bmm', self, mat2)
    return [{ shape: [self.shape[0], self.shape[1], mat2.shape[2]], dtype: self.dtypeInfo }]
  },
  run: (backend, [self, mat2], _attrs, [out]) =>
    runMatmul(backend, self, mat2, null, out, out.shape, out.strides),
})
/**
 * The products of two batches of matrices: [B, M, K] · [B, K, N].
 *
 * @example
 * bmm(ones([2, 1, 3]), ones([2, 3, 1])).tolist() // => [[[3]], [[3]]]
 * @see torch.bmm
 */
export const bmm = (self: Tensor, mat2: Tensor, { out }: OutOption = {}): Tensor =>
  out === undefined ? apply(bmmOp, [self, mat2], null) : resultInto('bmm', out, () => bmm(self, mat2))

/** mv: [M, K] · [K]. */
export const mvOp = structured<null>({
  name: 'mv',
  complex: 'whole',
  infer: ([self, vec]) => {
    checkFactors('mv', [self, vec])
    checkDims('mv', self, 2, vec, 1)
    checkInner('mv', self, vec)
    return [{ shape: [self.shape[0]], dtype: self.dtypeInfo }]
  },
  run: (backend, [self, vec], _attrs, [out]) => {
    const [m, k] = self.shape
    runMatmul(
      backend,
      windowOf(self, [1, m, k], [0, ...self.strides]),
      windowOf(vec, [1, k, 1], [0, vec.strides[0], 0]),
      null,
      out,
      [1, m, 1],
      [0, out.strides[0], 0],
    )
  },
})
/**
 * The product of a matrix and a vector: [M, K] · [K].
 *
 * @example
 * mv(tensor([[1, 2], [3, 4]]), tensor([1, 10])).tolist() // => [21, 43]
 * @see torch.mv
 */
export const mv = (self: Tensor, vec: Tensor, { out }: OutOption = {}): Tensor =>
  out === undefined ? apply(mvOp, [self, vec], null) : resultInto('mv', out, () => mv(self, vec))

const inner1d = (name: string) =>
  structured<null>({
    name,
    complex: 'whole',
    infer: ([self, other]) => {
      checkFactors(name, [self, other])
      checkDims(name, self, 1, other, 1)
      check(
        self.shape[0] === other.shape[0],
        () =>
          new ShapeError(
            name,
            `both vectors must have the same number of elements, got ${bothShapes(self, other)}`,
          ),
      )
      return [{ shape: [], dtype: self.dtypeInfo }]
    },
    run: (backend, [self, other], _attrs, [out]) => {
      const [k] = self.shape
      runMatmul(
        backend,
        windowOf(self, [1, 1, k], [0, 0, self.strides[0]]),
        windowOf(other, [1, k, 1], [0, other.strides[0], 0]),
        null,
        out,
        [1, 1, 1],
        [0, 0, 0],
      )
    },
  })
/** dot of two vectors. */
export const dotOp = inner1d('dot')
/** vdot of two real vectors: the same as dot. */
export const vdotOp = inner1d('vdot')
/**
 * The inner product of two vectors of equal length.
 *
 * @example
 * tensor([1, 2]).dot(tensor([3, 4])).item() // => 11
 * @see torch.dot
 */
export const dot = (self: Tensor, other: Tensor, { out }: OutOption = {}): Tensor =>
  out === undefined ? apply(dotOp, [self, other], null) : resultInto('dot', out, () => dot(self, other))
/**
 * The inner product of two vectors, of which the first is conjugated.
 *
 * @example
 * vdot(tensor([1, 2]), tensor([3, 4])).item() // => 11
 * @see torch.vdot
 */
export const vdot = (self: Tensor, other: Tensor, { out }: OutOption = {}): Tensor =>
  out === undefined
    ? isComplex(self)
      ? dot(conj(self), other)
      : apply(vdotOp, [self, other], null)
    : resultInto('vdot', out, () => vdot(self, other))

/**
 * The product of two tensors: of vectors, of matrices, or of batches of matrices, whose leading dims broadcast.
 * A vector on the left is a row, on the right a column; that dim is gone from the result.
 *
 * @param self [..., M, K] or [K]
 * @param other [..., K, N] or [K], of the same dtype
 * @returns [..., M, N], [..., M], [..., N] or []
 * @throws ShapeError if the inner sizes differ or the leading dims do not broadcast
 * @example
 * ones([2, 3]).matmul(ones([3, 4])).shape // => [2, 4]
 * @see torch.matmul
 */
export function matmul(self: Tensor, other: Tensor, { out }: OutOption = {}): Tensor {
  if (out !== undefined) return resultInto('matmul', out, () => matmul(self, other))

  checkFactors('matmul', [self, other])
  const [a, b] = [self.ndim, other.ndim]
  check(
    a > 0 && b > 0,
    () =>
      new ShapeError(
        'matmul',
        `both operands must have at least 1 dim, got ${bothShapes(self, other)}. Use mul`,
      ),
  )
  checkInner('matmul', self, other)
  if (a === 2 && b === 2) return mm(self, other)
  if (a === 1 && b === 1) return dot(self, other)
  if (a === 2 && b === 1) return mv(self, other)
  if (a === 1 && b === 2) return squeeze(mm(unsqueeze(self, 0), other), 0)
  if (b <= 2) {
    // [..., M, K] · [K, N] or [K]: one product of all rows
    const rows = reshape(self, [leading(self.shape, 1), self.shape[a - 1]])
    return unsafeView(b === 1 ? mv(rows, other) : mm(rows, other), [
      ...self.shape.slice(0, -1),
      ...other.shape.slice(1),
    ])
  }
  const row = a === 1 ? unsqueeze(self, 0) : self
  const batch = broadcastPair('matmul', row.shape.slice(0, -2), other.shape.slice(0, -2))
  const [m, k, n] = [row.shape[row.ndim - 2], row.shape[row.ndim - 1], other.shape[b - 1]]
  const count = leading([...batch, 1], 1)
  const product = bmm(batched(row, batch, count, m, k), batched(other, batch, count, k, n))
  const shape = [...batch, ...(a === 1 ? [n] : [m, n])]
  return sameShape(shape, product.shape) ? product : unsafeView(product, shape)
}

const batched = (x: Tensor, batch: readonly number[], count: number, m: number, n: number): Tensor =>
  x.ndim === 3 && x.shape[0] === count && batch.length === 1
    ? x
    : reshape(expand(x, [...batch, m, n]), [count, m, n])
