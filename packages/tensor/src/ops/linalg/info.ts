// What the factorizations tell of failures: numbers that are 0 where all went well.
import type { Tensor } from '../../tensor.ts'
import { toTypedArray } from '../reading.ts'

/** A failure: what was told, and of which matrix. */
export interface Failure {
  readonly info: number
  /** ' (batch element 3)' in a batch, else ''. */
  readonly where: string
}

/** The first entry that is not 0, or null. A device without data tells of none. */
export function firstFailure(info: Tensor): Failure | null {
  if (info.device === 'meta' || info.elementCount === 0) return null
  const entries = toTypedArray(info)
  for (let i = 0; i < entries.length; i++) {
    if (Number(entries[i]) !== 0)
      return { info: Number(entries[i]), where: info.ndim === 0 ? '' : ` (batch element ${i})` }
  }
  return null
}
