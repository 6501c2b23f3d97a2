// Records of linear algebra: algorithms over float64 arrays on the host, one matrix of the batch after the other. Their large
// products are done by the backend, if it offers that.
import type { Backend } from '../../backend/backend.ts'
import type { OutputSpec, StructuredRecord } from '../../dispatch/record.ts'
import { structured } from '../../dispatch/structured.ts'
import { realOf } from '../../dtype.ts'
import type { DTypeInfo } from '../../dtype.ts'
import { DTypeError, ShapeError, TtError, check } from '../../errors.ts'
import { checkReadable } from '../../host/reads.ts'
import type { Field } from '../../linalg/field.ts'
import { Matrix } from '../../linalg/matrix.ts'
import { withHostKernels } from '../../linalg/host-kernels.ts'
import { complex } from '../../linalg/complex.ts'
import { real } from '../../linalg/real.ts'
import { broadcastPair, formatShape, numelOf, sameShape } from '../../shape/shape.ts'
import type { Tensor } from '../../tensor.ts'
import { toTypedArray } from '../reading.ts'
import { expand } from '../views.ts'

/**
 * A matrix for which the asked-for result does not exist: singular, not positive-definite.
 *
 * @example
 * try {
 *   linalg.inv(zeros([2, 2]))
 * } catch (error) {
 *   error instanceof LinAlgError // => true
 * }
 * @see torch.linalg.LinAlgError
 */
export class LinAlgError extends TtError {}

/** One matrix of a batch: the arrays of all inputs and outputs, row-major, and their sizes. */
export interface Problem<Attrs> {
  /** The first input. */
  readonly a: Matrix
  /** An input or output as a matrix. */
  matrix(data: Float64Array, rows: number, columns: number): Matrix
  /** The arithmetic of the first input. */
  readonly field: Field
  readonly inputs: readonly Float64Array[]
  /** Zeros, to be filled. */
  readonly outputs: readonly Float64Array[]
  /** Rows of the first input. */
  readonly m: number
  /** Columns of the first input. */
  readonly n: number
  /** Columns of the second input. */
  readonly right: number
  readonly attrs: Attrs
  /** ' (batch element 3)' in a batch, else '': for errors. */
  readonly where: string
  /** 2⁻²³ or 2⁻⁵²: of the dtype. */
  readonly epsilon: number
}

/** An op whose kernel is `solve`, in float64, on the host. All inputs have the same batch dims, before the last two. */
export interface HostOp<Attrs> {
  readonly name: string
  readonly gradName?: string
  infer(tensors: readonly Tensor[], attrs: Attrs): readonly OutputSpec[]
  /** May overwrite its inputs. */
  solve(problem: Problem<Attrs>): void
}

/** The structured record of a host op. */
export const hostOp = <Attrs>({ solve, ...record }: HostOp<Attrs>): StructuredRecord<Attrs> =>
  structured<Attrs>({
    ...record,
    complex: 'whole',
    infer: (tensors, attrs) => {
      checkOnHost(record.name, tensors[0])
      return record.infer(tensors, attrs)
    },
    run: (backend, tensors, attrs, outputs) => {
      const [first, second] = tensors
      const count = numelOf(first.shape.slice(0, -2))
      if (count === 0 || backend.device === 'meta') return
      const inputs = tensors.map(doublesOf)
      const results = outputs.map(
        ({ elementCount, dtypeInfo }) => new Float64Array(elementCount * fieldOf(dtypeInfo).width),
      )
      const batched = first.ndim > 2
      const [m, n] = first.shape.slice(-2)
      const field = fieldOf(first.dtypeInfo)
      const matrix = (data: Float64Array, rows: number, columns: number): Matrix =>
        new Matrix(field, data, rows, columns)
      withHostKernels(backend.fused, () => {
        for (let b = 0; b < count; b++) {
          const slice = (all: Float64Array): Float64Array => {
            const size = all.length / count
            return all.subarray(b * size, (b + 1) * size)
          }
          const slices = inputs.map(slice)
          solve({
            a: matrix(slices[0], m, n),
            matrix,
            field,
            inputs: slices,
            outputs: results.map(slice),
            m,
            n,
            right: second?.shape.at(-1) ?? 0,
            attrs,
            where: batched ? ` (batch element ${b})` : '',
            epsilon: epsilonOf(first.dtypeInfo),
          })
        }
      })
      outputs.forEach((output, i) => store(backend, output, results[i]))
    },
  })

/** The distance from 1 to the next number. */
export const epsilonOf = (dtype: DTypeInfo): number =>
  realOf(dtype).name === 'float64' ? 2 ** -52 : 2 ** -23

const fieldOf = (dtype: DTypeInfo): Field => (dtype.component === null ? real : complex)

/** The elements in a new array; complex ones take two entries. */
function doublesOf(x: Tensor): Float64Array {
  const values = toTypedArray(x)
  if (values instanceof Float64Array) return values
  return values instanceof BigInt64Array ? Float64Array.from(values, Number) : Float64Array.from(values)
}

function store(backend: Backend, output: Tensor, values: Float64Array): void {
  if (values.length === 0) return
  const { array } = output.dtypeInfo
  const elements = new array(new ArrayBuffer(output.nbytes))
  if (elements instanceof BigInt64Array) values.forEach((value, i) => (elements[i] = BigInt(value)))
  else elements.set(values)
  backend.write(output.storage.buffer, 0, new Uint8Array(elements.buffer))
}

function checkOnHost(op: string, x: Tensor): void {
  if (x.device !== 'meta') checkReadable(op, 'the matrices (linear algebra runs on the host)', x)
}

/** Throws unless `x` is float32, float64 or complex. */
export function checkFloat(op: string, x: Tensor, name = 'the input'): void {
  check(
    x.dtypeInfo.differentiable,
    () =>
      new DTypeError(
        op,
        `${name} must be floating-point or complex, got ${x.dtype}. Cast it: .to('float32')`,
      ),
  )
  check(
    x.dtypeInfo.itemSize >= 4,
    () =>
      new DTypeError(
        op,
        `${name} must be float32, float64 or complex, got ${x.dtype}. Cast it: .to('float32')`,
      ),
  )
}

/** Throws unless `x` has at least 2 dims. */
export function checkMatrix(op: string, x: Tensor, name = 'the input'): void {
  check(
    x.ndim >= 2,
    () => new ShapeError(op, `${name} must have at least 2 dims, got shape ${formatShape(x.shape)}`),
  )
}

/** Throws unless `x` is a batch of square matrices. */
export function checkSquare(op: string, x: Tensor, name = 'the input'): void {
  checkMatrix(op, x, name)
  check(
    x.shape.at(-1) === x.shape.at(-2),
    () => new ShapeError(op, `${name} must be a batch of square matrices, got shape ${formatShape(x.shape)}`),
  )
}

/** A batch of square matrices of float32, float64 or complex numbers. */
export function checkSquareFloat(op: string, x: Tensor, name = 'the input'): void {
  checkSquare(op, x, name)
  checkFloat(op, x, name)
}

/** A batch of matrices of float32, float64 or complex numbers. */
export function checkMatrixFloat(op: string, x: Tensor, name = 'the input'): void {
  checkMatrix(op, x, name)
  checkFloat(op, x, name)
}

/** Throws unless both have one dtype. */
export function checkSameDType(op: string, a: Tensor, b: Tensor): void {
  check(
    a.dtypeInfo === b.dtypeInfo,
    () =>
      new DTypeError(
        op,
        `both tensors must have one dtype, got ${a.dtype} and ${b.dtype}. Cast one of them: .to('${a.dtype}')`,
      ),
  )
}

/** The dims before the last two. */
export const batchOf = (x: Tensor): readonly number[] => x.shape.slice(0, -2)

/** Both with the batch dims to which theirs broadcast. */
export function withCommonBatch(op: string, a: Tensor, b: Tensor): [Tensor, Tensor] {
  const batch = broadcastPair(op, batchOf(a), batchOf(b))
  return [withBatch(a, batch), withBatch(b, batch)]
}
/** A matrix or a batch of them, repeated to other batch dims. */
export const withBatch = (x: Tensor, batch: readonly number[]): Tensor =>
  sameShape(batchOf(x), batch) ? x : expand(x, [...batch, ...x.shape.slice(-2)])
