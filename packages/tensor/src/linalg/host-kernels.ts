// Kernels on host arrays that the backend of the tensors offers, for the time of one op.
import type { FusedKernels } from '../backend/kernels.ts'

/** What a backend may offer. */
export type HostKernels = Partial<Pick<FusedKernels, 'hostProduct' | 'hostRotations'>>

let current: HostKernels = {}

/** Runs `body`, whose large work is done by these kernels. */
export function withHostKernels<R>(kernels: HostKernels, body: () => R): R {
  const outer = current
  current = kernels
  try {
    return body()
  } finally {
    current = outer
  }
}

/** The kernels that are offered now. */
export const hostKernels = (): HostKernels => current
