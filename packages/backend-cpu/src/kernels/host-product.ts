// Matrix products of float64 arrays of the host: copied in, multiplied, copied out.
import type { FusedKernels } from '@tt/tensor'
import type { AssemblyKernels } from '../assembly/index.ts'
import type { Temporaries } from './temporaries.ts'

/** The fused product of linear algebra. */
export function createHostProduct(
  assembly: AssemblyKernels,
  temporaries: () => Temporaries,
): Pick<FusedKernels, 'hostProduct'> {
  return {
    hostProduct(c, at, step, a, b, m, k, n, sign) {
      temporaries().run((t) => {
        const [left, right, target] = [t.bytes(m * k * 8), t.bytes(k * n * 8), t.bytes(m * n * 8)]
        const scratch = t.bytes(assembly.gemmScratch(m, n, k, 8))
        const { f64 } = t.runtime.heap // after the allocations, which may make the memory grow
        f64.set(a, left / 8)
        f64.set(b, right / 8)
        for (let i = 0; i < m; i++) f64.set(c.subarray(at + i * step, at + i * step + n), target / 8 + i * n)
        assembly.gemm.float64(n, k, sign, left, k, 1, right, n, 1, 1, target, n, 1, 0, 0, 0, m, scratch)
        for (let i = 0; i < m; i++)
          c.set(f64.subarray(target / 8 + i * n, target / 8 + (i + 1) * n), at + i * step)
      })
      return true
    },
  }
}
