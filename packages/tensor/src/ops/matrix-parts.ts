// Parts of matrices: triangles, diagonals, trace.
import { resultInto } from '../dispatch/out.ts'
import type { OutOption } from '../dispatch/out.ts'
import { copyElements, fillElements } from '../dispatch/elements.ts'
import type { Scalar } from '../dispatch/scalar.ts'
import { apply, applyComposite, composite, structured } from '../dispatch/structured.ts'
import { ShapeError, check } from '../errors.ts'
import { formatShape, wrapDim } from '../shape/shape.ts'
import { viewOf } from '../tensor.ts'
import type { Tensor } from '../tensor.ts'
import { where } from './choice.ts'
import { ge, le, maskedFill_ } from './comparison.ts'
import { clone, fill_ } from './copy.ts'
import { arange } from './creation.ts'
import { sum } from './reduce.ts'
import { asStrided, diagonal, diagonalOp, reshape, unsqueeze } from './views.ts'

/** Options of tril and triu. */
export interface DiagonalOption {
  /** Of the diagonal that bounds the triangle: above the main one if positive. */
  diagonal?: number
}

/** Where column − row is at most (at least) `offset`, for the last two dims. */
function triangleMask(self: Tensor, lower: boolean, offset: number): Tensor {
  const [m, n] = self.shape.slice(-2)
  const { device } = self
  const rows = unsqueeze(arange(offset, m + offset, 1, { dtype: 'int64', device }), 1)
  const columns = arange(0, n, 1, { dtype: 'int64', device })
  return lower ? le(columns, rows) : ge(columns, rows)
}
const zeroOf = (self: Tensor): number | boolean => (self.dtype === 'bool' ? false : 0)

const triangle = (name: 'tril' | 'triu') =>
  composite<{ readonly diagonal: number }>({
    name,
    decompose: ([self], { diagonal }) => [
      where(triangleMask(self, name === 'tril', diagonal), self, zeroOf(self)),
    ],
  })
/** tril: the diagonal that bounds it. */
export const trilOp = triangle('tril')
/** triu: the diagonal that bounds it. */
export const triuOp = triangle('triu')

function checkMatrix(op: string, self: Tensor): void {
  check(
    self.ndim >= 2,
    () => new ShapeError(op, `self must have at least 2 dims, got shape ${formatShape(self.shape)}`),
  )
}
/**
 * The lower triangles of the matrices of the last two dims, zeros elsewhere.
 *
 * @throws ShapeError for fewer than 2 dims
 * @example
 * ones([2, 2]).tril().tolist() // => [[1, 0], [1, 1]]
 * @see torch.tril
 */
export function tril(self: Tensor, { out, diagonal = 0 }: DiagonalOption & OutOption = {}): Tensor {
  if (out !== undefined) return resultInto('tril', out, () => tril(self, { diagonal }))

  checkMatrix('tril', self)
  return applyComposite(trilOp, [self], { diagonal })[0]
}
/**
 * The upper triangles of the matrices of the last two dims, zeros elsewhere.
 *
 * @throws ShapeError
 * @example
 * triu(ones([2, 3])).tolist() // => [[1, 1, 1], [0, 1, 1]]
 * @see torch.triu
 */
export function triu(self: Tensor, { out, diagonal = 0 }: DiagonalOption & OutOption = {}): Tensor {
  if (out !== undefined) return resultInto('triu', out, () => triu(self, { diagonal }))

  checkMatrix('triu', self)
  return applyComposite(triuOp, [self], { diagonal })[0]
}
/** In-place tril. @see torch.Tensor.tril_ */
export function tril_(self: Tensor, { diagonal = 0 }: DiagonalOption = {}): Tensor {
  checkMatrix('tril_', self)
  return maskedFill_(self, triangleMask(self, false, diagonal + 1), zeroOf(self))
}
/** In-place triu. @see torch.Tensor.triu_ */
export function triu_(self: Tensor, { diagonal = 0 }: DiagonalOption = {}): Tensor {
  checkMatrix('triu_', self)
  return maskedFill_(self, triangleMask(self, true, diagonal - 1), zeroOf(self))
}

/** Attributes of what concerns a diagonal; dims wrapped (for diagEmbed those of the result). */
export interface DiagonalAttrs {
  readonly offset: number
  readonly dim1: number
  readonly dim2: number
}
const diagonalWindow = (out: Tensor, attrs: DiagonalAttrs): Tensor => {
  const { shape, strides, offset } = diagonalOp.view(out, attrs)
  return viewOf(out, shape, strides, offset)
}

/** diagEmbed: attrs of the result's diagonal. */
export const diagEmbedOp = structured<DiagonalAttrs>({
  name: 'diagEmbed',
  complex: 'whole',
  infer: ([self], { offset, dim1, dim2 }) => {
    const size = self.shape[self.ndim - 1] + Math.abs(offset)
    const shape = self.shape.slice(0, -1)
    for (const d of [dim1, dim2].sort((a, b) => a - b)) shape.splice(d, 0, size)
    return [{ shape, dtype: self.dtypeInfo }]
  },
  run: (backend, [self], attrs, [out]) => {
    fillElements(out, 0)
    copyElements(backend, self, diagonalWindow(out, attrs))
  },
})
/**
 * The last dim on the diagonal of the planes of two new dims, zeros elsewhere.
 *
 * @param options `offset` of the diagonal; `dim1`, `dim2`: the new dims
 * @example
 * tensor([1, 2]).diagEmbed().tolist() // => [[1, 0], [0, 2]]
 * @see torch.diag_embed
 */
export function diagEmbed(
  self: Tensor,
  { offset = 0, dim1 = -2, dim2 = -1 }: { offset?: number; dim1?: number; dim2?: number } = {},
): Tensor {
  check(self.ndim > 0, () => new ShapeError('diagEmbed', 'self must have a dim, got a 0-dim tensor'))
  const [a, b] = [wrapDim('diagEmbed', dim1, self.ndim + 1), wrapDim('diagEmbed', dim2, self.ndim + 1)]
  check(a !== b, () => new ShapeError('diagEmbed', `dim1 and dim2 must differ, got ${dim1} and ${dim2}`))
  return apply(diagEmbedOp, [self], { offset, dim1: a, dim2: b })
}

/**
 * The matrix with self on a diagonal; or a copy of that diagonal of a matrix.
 *
 * @throws ShapeError
 * @example
 * diag(tensor([1, 2])).tolist() // => [[1, 0], [0, 2]]
 * @see torch.diag
 */
export function diag(self: Tensor, { out, diagonal: offset = 0 }: DiagonalOption & OutOption = {}): Tensor {
  if (out !== undefined) return resultInto('diag', out, () => diag(self, { diagonal: offset }))

  check(
    self.ndim === 1 || self.ndim === 2,
    () => new ShapeError('diag', `self must have 1 or 2 dims, got shape ${formatShape(self.shape)}`),
  )
  return self.ndim === 1 ? diagEmbed(self, { offset }) : clone(diagonal(self, { offset }))
}
/**
 * The matrix with the elements of self, flattened, on a diagonal.
 *
 * @example
 * diagflat(tensor([[1], [2]])).tolist() // => [[1, 0], [0, 2]]
 * @see torch.diagflat
 */
export const diagflat = (self: Tensor, { offset = 0 }: { offset?: number } = {}): Tensor =>
  diagEmbed(reshape(self, [-1]), { offset })
/**
 * The sum of the diagonal of a matrix.
 *
 * @throws ShapeError unless self has 2 dims
 * @example
 * trace(tensor([[1, 2], [3, 4]])).item() // => 5
 * @see torch.trace
 */
export function trace(self: Tensor): Tensor {
  check(
    self.ndim === 2,
    () => new ShapeError('trace', `self must have 2 dims, got shape ${formatShape(self.shape)}`),
  )
  return sum(diagonal(self))
}

/**
 * Writes `value` on the main diagonal: of a matrix, or of a tensor of more dims of equal sizes.
 *
 * @param options `wrap`: in a tall matrix the diagonal begins anew after each square and one row
 * @throws ShapeError for fewer than 2 dims, or more of unequal sizes
 * @example
 * zeros([2, 2]).fillDiagonal_(5).tolist() // => [[5, 0], [0, 5]]
 * @see torch.Tensor.fill_diagonal_
 */
export function fillDiagonal_(
  self: Tensor,
  value: Scalar,
  { wrap = false }: { wrap?: boolean } = {},
): Tensor {
  const { shape, strides } = self
  checkMatrix('fillDiagonal_', self)
  check(
    shape.length === 2 || shape.every((size) => size === shape[0]),
    () =>
      new ShapeError('fillDiagonal_', `more than 2 dims must be of equal sizes, got ${formatShape(shape)}`),
  )
  const step = strides.reduce((sum, stride) => sum + stride, 0)
  const [rows, columns] = shape
  const period = wrap && shape.length === 2 && columns > 0 ? columns + 1 : Infinity
  for (let row = 0; row < rows; row += period) {
    const length = Math.min(rows - row, ...shape.slice(1))
    fill_(asStrided(self, [length], [step], { storageOffset: self.offset + row * strides[0] }), value)
  }
  return self
}
