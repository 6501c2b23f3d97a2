// What a runtime is told about its device.
import type { MatrixShape } from '../kernels/product/matrices.ts'
import type { Collector } from '../platform/platform.ts'

/** Options of a runtime. */
export interface RuntimeOptions {
  readonly name: string
  readonly collector: Collector | null
  readonly memoryLimit: number
  /** Infinity: as many as were in use at once, and a quarter more. */
  readonly poolLimit: number
  /** Kernels as CPU drivers want them: without barriers, and with WGSL's own division. */
  readonly barrierFree: boolean
  /** Whether WGSL has the numbers of subgroups, `subgroup_id` and `num_subgroups`. */
  readonly subgroupNumbers: boolean
  /** The fragments of its matrix units, where the device has `chromium-experimental-subgroup-matrix`. */
  readonly matrixShapes: readonly MatrixShape[]
}
