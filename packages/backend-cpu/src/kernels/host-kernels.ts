// Products and rotations of float64 arrays of the host, for linear algebra: copied in, computed, copied out.
import type { FusedKernels } from '@tt/tensor'
import type { AssemblyKernels } from '../assembly/index.ts'
import type { Temporaries } from './temporaries.ts'

/** The fused kernels of linear algebra. */
export function createHostKernels(
  assembly: AssemblyKernels,
  temporaries: () => Temporaries,
): Pick<FusedKernels, 'hostProduct' | 'hostRotations'> {
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
    hostRotations(z, rows, columns, program, length) {
      if (z.length * length < worthwhile) return false
      temporaries().run((t) => {
        const target = t.bytes(z.length * 8)
        const list = t.bytes(length * 8)
        const scratch = t.bytes(rows * 64)
        const { f64 } = t.runtime.heap
        f64.set(z, target / 8)
        f64.set(program.subarray(0, length), list / 8)
        assembly.rotateRows.float64(target, rows, columns, columns * 8, list, length, scratch)
        z.set(f64.subarray(target / 8, target / 8 + z.length))
      })
      return true
    },
  }
}

/** Numbers times places of the program: less is done before it is copied. */
const worthwhile = 2 ** 16
