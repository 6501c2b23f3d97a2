// Matrix products: operands of any strides in the form that cblas takes, one call for each product.
import koffi from 'koffi'
import { dtypes } from '@tt/tensor'
import type { CoreKernels, Operand } from '@tt/tensor'
import type { CpuBackend } from '@tt/backend-cpu'
import { noTranspose, transpose } from './library.ts'
import type { OpenBlas } from './library.ts'
import type { Workspace } from './operands.ts'

/** A matrix, or a batch of them [batch, rows, columns], as cblas wants it: one of the last two strides is 1. */
interface Matrix {
  readonly flag: number
  /** Elements from row to row, or from column to column if transposed. */
  readonly leading: number
  /** Elements from matrix to matrix. */
  readonly batch: number
}

const largest = 2 ** 31 - 1

/** How cblas reads the operand; null if neither dim is contiguous. */
function matrixOf({
  shape: [batches, rows, columns],
  strides: [batch, row, column],
}: Operand): Matrix | null {
  const step = batches === 1 ? 0 : batch
  // The leading dimension may not be less than a line, also where it is not used.
  if ((column === 1 || columns === 1) && (rows === 1 || row >= columns))
    return { flag: noTranspose, leading: rows === 1 ? Math.max(columns, 1) : row, batch: step }
  if ((row === 1 || rows === 1) && (columns === 1 || column >= rows))
    return { flag: transpose, leading: columns === 1 ? Math.max(rows, 1) : column, batch: step }
  return null
}

/** `out[i] (+)= a[i] · b[i]` for operands of three dims, of float32 or float64. */
export type Products = (a: Operand, b: Operand, out: Operand, accumulate: boolean) => void

/** The products, by the library, on the backend's memory. */
export function createProducts(cpu: CpuBackend, library: OpenBlas, work: Workspace): Products {
  let buffer: ArrayBufferLike | null = null
  let base = 0
  /** The address of an operand in the process; the memory may have grown since the last call. */
  const addressOf = (operand: Operand): number => {
    if (cpu.memory.buffer !== buffer) {
      buffer = cpu.memory.buffer
      base = Number(koffi.address(new Uint8Array(buffer)))
    }
    return base + cpu.addressOf(operand)
  }

  const products: Products = (a, b, out, accumulate) => {
    const [left, right, target] = [a, b, out].map(matrixOf)
    if (left === null) return work.copied(a, false, (copy) => products(copy, b, out, accumulate))
    if (right === null) return work.copied(b, false, (copy) => products(a, copy, out, accumulate))
    if (target === null) {
      return work.temporary(out.shape, out.dtypeInfo, (copy) => {
        if (accumulate) work.copy(out, copy)
        products(a, b, copy, accumulate)
        work.copy(copy, out)
      })
    }
    const [[batches, m, n], k] = [out.shape, a.shape[2]]
    const gemm = out.dtypeInfo === dtypes.float32 ? library.sgemm : library.dgemm
    const { itemSize } = out.dtypeInfo
    const beta = accumulate ? 1 : 0
    // nothing is allocated from here on
    let [p, q, r] = [addressOf(a), addressOf(b), addressOf(out)]
    for (let i = 0; i < batches; i++) {
      if (target.flag === noTranspose)
        gemm(left.flag, right.flag, m, n, k, p, left.leading, q, right.leading, beta, r, target.leading)
      // an output that lies by columns: cᵀ = bᵀ · aᵀ
      else
        gemm(
          flipped(right),
          flipped(left),
          n,
          m,
          k,
          q,
          right.leading,
          p,
          left.leading,
          beta,
          r,
          target.leading,
        )
      p += left.batch * itemSize
      q += right.batch * itemSize
      r += target.batch * itemSize
    }
  }
  return products
}

const flipped = ({ flag }: Matrix): number => (flag === noTranspose ? transpose : noTranspose)

/** Whether the library computes this: float32 or float64, of sizes that its integers hold. */
export const takes = ({ dtypeInfo, shape }: Operand): boolean =>
  (dtypeInfo === dtypes.float32 || dtypeInfo === dtypes.float64) && shape.every((size) => size <= largest)

/** The matmul kernel; other dtypes stay with the cpu backend. */
export function createMatmul(cpu: CpuBackend, products: Products, work: Workspace): CoreKernels['matmul'] {
  return (a, b, bias, out) => {
    if (!takes(out) || a.shape[2] === 0) return cpu.kernels.matmul(a, b, bias, out)
    if (out.shape.includes(0)) return
    // The bias is what the product is added to; it may be the output itself (in place).
    if (bias !== null && !isSameWindow(bias, out)) work.copy(bias, out)
    products(a, b, out, bias !== null)
  }
}

const isSameWindow = (x: Operand, y: Operand): boolean =>
  x.storage.buffer === y.storage.buffer &&
  x.offset === y.offset &&
  x.shape.join() === y.shape.join() &&
  x.strides.join() === y.strides.join()
