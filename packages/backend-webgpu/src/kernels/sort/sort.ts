// Stable sort along a dim: keys in the order of the values, their order, and the elements given out in it.
import type { CoreKernels } from '@tt/tensor'
import type { Runtime } from '../../device/runtime.ts'
import { count } from '../iteration.ts'
import { orderOf } from './order.ts'
import { withScratch } from './scratch.ts'
import { keysOf, takeAt } from './keys.ts'

/** The sort kernel of the backend. */
export function createSort(runtime: Runtime): CoreKernels['sort'] {
  return (input, dim, descending, values, indices) => {
    if (count(input.shape) === 0) return
    withScratch(runtime, (take) => {
      const keys = keysOf(runtime, take, input, dim, descending)
      const positions = orderOf(runtime, take, keys, null)
      takeAt(runtime, input, dim, { positions, perLine: keys.size }, values, indices)
    })
  }
}
