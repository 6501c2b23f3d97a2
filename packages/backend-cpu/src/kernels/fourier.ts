// Discrete Fourier transforms of rows of complex numbers.
import type { FusedKernels } from '@tt/tensor'
import type { AssemblyFloat, AssemblyKernels } from '../assembly/index.ts'
import { runRanges } from '../threads/split.ts'
import type { Threads } from '../threads/threads.ts'
import { count } from './iteration.ts'
import { addressOf, nameOf } from './temporaries.ts'
import type { Temporaries } from './temporaries.ts'

/** Larger primes are better left to the decomposition: a pass costs its radix times the numbers. */
const largestFactor = 13

/** The passes of a transform: fours first, then the other primes; null if one is too large. */
export function factorsOf(n: number): readonly number[] | null {
  const factors: number[] = []
  let rest = n
  for (const factor of [4, 2, 3, 5, 7, 11, largestFactor]) {
    for (; rest % factor === 0; rest /= factor) factors.push(factor)
  }
  return rest === 1 ? factors : null
}

/** The fused Fourier transform. */
export function createFourier(
  assembly: AssemblyKernels,
  threads: Threads,
  temporaries: () => Temporaries,
): Pick<FusedKernels, 'fourier'> {
  return {
    fourier(input, roots, sign, scale, out) {
      const [rows, n] = input.shape
      const factors = factorsOf(n)
      if (factors === null || count(input.shape) === 0) return false
      temporaries().run((t) => {
        const [x, w, y] = [t.dense(input), t.dense(roots), t.result(out)]
        const bytes = 2 * n * x.dtypeInfo.itemSize
        const scratch = (bytes + 63) & ~63
        const passes = factors.length === 0 ? 0 : t.words(factors)
        const kernel = assembly.fourier[nameOf(x.dtypeInfo) as AssemblyFloat]
        // about half a nanosecond for each number of each pass
        const microseconds = rows * n * factors.length * 0.0005
        runRanges(
          threads,
          kernel,
          rows,
          microseconds,
          (start, end) => [
            end - start,
            n,
            passes,
            factors.length,
            addressOf(w),
            sign,
            scale,
            addressOf(x) + start * bytes,
            addressOf(y) + start * bytes,
            0,
          ],
          (parts) => ({ arg: 9, address: t.bytes(scratch * parts), bytes: scratch }),
        )
      })
      return true
    },
  }
}
