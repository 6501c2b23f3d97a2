// Batched matrix products by the AssemblyScript gemm, which takes operands of any strides.
import { dtypes } from '@tt/tensor'
import type { CoreKernels, Operand } from '@tt/tensor'
import type { AssemblyKernels, Gemm } from '../assembly/index.ts'
import { multiplyAddsPerMicrosecond } from '../threads/cost.ts'
import { bound } from '../threads/split.ts'
import type { Threads } from '../threads/threads.ts'
import { count } from './iteration.ts'
import { addressOf, computeDtype, nameOf } from './temporaries.ts'
import type { Temporaries } from './temporaries.ts'

/** The matmul kernel of the backend. */
export function createMatmul(
  assembly: AssemblyKernels,
  threads: Threads,
  temporaries: () => Temporaries,
): CoreKernels['matmul'] {
  const matmul: CoreKernels['matmul'] = (a, b, bias, out) => {
    if (count(out.shape) === 0) return
    if (out.dtypeInfo === dtypes.bool) return matmulOfBool(a, b, bias, out)
    temporaries().run((t) => {
      const [left, right] = [t.native(a), t.native(b)]
      const target = computeDtype(out.dtypeInfo) === out.dtypeInfo ? out : t.result(out)
      const added = bias && t.native(bias)
      const [batches, m, n] = out.shape
      const k = a.shape[2]
      const size = left.dtypeInfo.itemSize
      const name = nameOf(out.dtypeInfo)
      const gemm = assembly.gemm[name] as Gemm<number | bigint>
      const [zero, one] = name === 'int64' ? [0n, 1n] : [0, 1]
      // a bias of [n] or [1, n] (or, per row, [m, 1]) goes into the product; any other is what is added to
      const biasOf = biasForm(added, n)
      if (added && biasOf === 'matrix') t.copy({ ...added, ...expanded(added, out.shape) }, target)
      const address = (operand: Operand, batch: number): number =>
        addressOf(operand) + batch * stride(operand, 0) * size
      const isFloat = name === 'float32' || name === 'float64'
      const cuts = isFloat ? division(threads, batches, m, n, k, size) : whole
      // rows from..to and columns from..to of one product
      const scratchBytes = (assembly.gemmScratch(m, n, k, size) + 63) & ~63
      const scratch = t.bytes(scratchBytes * cuts.parts)
      const call = (batch: number, row: number, rowEnd: number, column: number, columnEnd: number) =>
        [
          columnEnd - column,
          k,
          one,
          address(left, batch),
          left.strides[1],
          left.strides[2],
          address(right, batch) + column * right.strides[2] * size,
          right.strides[1],
          right.strides[2],
          biasOf === 'matrix' ? one : zero,
          address(target, batch) + column * target.strides[2] * size,
          target.strides[1],
          target.strides[2],
          biasOf === 'columns' ? addressOf(added!) + column * size : 0,
          0,
          row,
          rowEnd,
          scratch,
        ] as const
      if (cuts.parts === 1) {
        for (let batch = 0; batch < batches; batch++) gemm(...call(batch, 0, m, 0, n))
        return
      }
      const args: number[] = []
      for (let batch = 0; batch < batches; batch++) {
        for (let part = 0; part < cuts.rows; part++)
          args.push(
            ...(call(
              batch,
              bound(m, part, cuts.rows, rowStep),
              bound(m, part + 1, cuts.rows, rowStep),
              0,
              n,
            ) as readonly number[]),
          )
        for (let part = 0; part < cuts.columns; part++)
          args.push(
            ...(call(
              batch,
              0,
              m,
              bound(n, part, cuts.columns, columnStep),
              bound(n, part + 1, cuts.columns, columnStep),
            ) as readonly number[]),
          )
      }
      threads.run(gemm as never, 18, args, cuts.parts, { arg: 17, address: scratch, bytes: scratchBytes })
    })
  }
  return matmul

  // Truth values: counts of true products, true where not 0.
  function matmulOfBool(a: Operand, b: Operand, bias: Operand | null, out: Operand): void {
    temporaries().run((t) => {
      const counts = t.empty(out.shape, dtypes.int32)
      matmul(t.cast(a, dtypes.int32), t.cast(b, dtypes.int32), bias && t.cast(bias, dtypes.int32), counts)
      t.copy(counts, out)
    })
  }
}

// Whole tiles: rows in sixes and fours, columns in two vectors of the narrowest dtype.
const rowStep = 12
const columnStep = 16

/** How products are divided: in rows or in columns of each, on how many threads. */
interface Division {
  readonly parts: number
  readonly rows: number
  readonly columns: number
}
const whole: Division = { parts: 1, rows: 1, columns: 0 }

function division(
  threads: Threads,
  batches: number,
  m: number,
  n: number,
  k: number,
  size: number,
): Division {
  const microseconds = (((batches * m * n) / multiplyAddsPerMicrosecond) * k * size) / 4
  const parts = threads.parts(microseconds, Infinity)
  if (parts === 1) return whole
  if (batches >= 4 * parts || batches % parts === 0) return { parts, rows: 1, columns: 0 }
  // Each part packs the operand that is not divided again: the smaller one.
  const rows = Math.min(parts, Math.floor(m / rowStep))
  const columns = Math.min(parts, Math.floor(n / columnStep))
  if (m >= n ? rows === parts || rows >= columns : rows > columns)
    return rows > 1 ? { parts: Math.min(parts, rows * batches), rows, columns: 0 } : whole
  return columns > 1 ? { parts: Math.min(parts, columns * batches), rows: 0, columns } : whole
}

const stride = (operand: Operand, dim: number): number =>
  operand.shape[dim] === 1 ? 0 : operand.strides[dim]

function biasForm(bias: Operand | null, n: number): 'none' | 'columns' | 'matrix' {
  if (bias === null) return 'none'
  const last = bias.shape.length - 1
  const columns = bias.shape[last] === n && (bias.strides[last] === 1 || n === 1) && count(bias.shape) === n
  return columns ? 'columns' : 'matrix'
}

function expanded(
  operand: Operand,
  shape: readonly number[],
): { shape: readonly number[]; strides: number[] } {
  const lead = shape.length - operand.shape.length
  return {
    shape,
    strides: shape.map((_, d) => (d < lead || operand.shape[d - lead] === 1 ? 0 : operand.strides[d - lead])),
  }
}
