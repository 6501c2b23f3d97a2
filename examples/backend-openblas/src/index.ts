// The cpu backend with its products and convolutions done by OpenBLAS, on the same memory.
import { cpuBackend } from '@tt/backend-cpu'
import type { CpuBackend } from '@tt/backend-cpu'
import { createConvolution } from './convolution.ts'
import { loadOpenBlas } from './library.ts'
import type { OpenBlas } from './library.ts'
import { createMatmul, createProducts } from './matmul.ts'
import { Workspace } from './operands.ts'

export { OpenBlasNotFoundError, loadOpenBlas } from './library.ts'
export type { OpenBlas } from './library.ts'

/** What the plug-in needs, where it is not the usual. */
export interface OpenBlasOptions {
  /** The backend to extend; default: the one that `@tt/backend-cpu` registered. */
  cpu?: CpuBackend
  /** Default: the library of the machine. */
  library?: OpenBlas
  /** Convolutions by OpenBLAS even where the cpu backend's own are faster (for tests); default false. */
  always?: boolean
}

/**
 * A backend of the same device, 'cpu', on the same memory: matmul and convolutions of float32 and float64 by OpenBLAS,
 * everything else as it was. Register it before tensors are made.
 *
 * @throws OpenBlasNotFoundError if the library is not installed
 */
export function createOpenBlasBackend({
  cpu = cpuBackend,
  library = loadOpenBlas(),
  always = false,
}: OpenBlasOptions = {}): CpuBackend {
  const work = new Workspace(cpu)
  const products = createProducts(cpu, library, work)
  return {
    ...cpu,
    kernels: {
      ...cpu.kernels,
      matmul: createMatmul(cpu, products, work),
      ...createConvolution(cpu, products, work, always),
    },
  }
}
