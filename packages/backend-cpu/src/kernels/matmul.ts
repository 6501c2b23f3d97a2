// Batched matrix products by the AssemblyScript gemm, which takes operands of any strides.
import { dtypes } from '@tt/tensor'
import type { CoreKernels, Operand } from '@tt/tensor'
import type { AssemblyKernels, Gemm } from '../assembly/index.ts'
import { count } from './iteration.ts'
import { addressOf, computeDtype, nameOf } from './temporaries.ts'
import type { Temporaries } from './temporaries.ts'

/** The matmul kernel of the backend. */
export function createMatmul(
  assembly: AssemblyKernels,
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
      const scratch = t.bytes(assembly.gemmScratch(m, n, k, size))
      const address = (operand: Operand, batch: number): number =>
        addressOf(operand) + batch * stride(operand, 0) * size
      for (let batch = 0; batch < batches; batch++) {
        gemm(
          n,
          k,
          one,
          address(left, batch),
          left.strides[1],
          left.strides[2],
          address(right, batch),
          right.strides[1],
          right.strides[2],
          biasOf === 'matrix' ? one : zero,
          address(target, batch),
          target.strides[1],
          target.strides[2],
          biasOf === 'columns' ? addressOf(added!) : 0,
          0,
          0,
          m,
          scratch,
        )
      }
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
