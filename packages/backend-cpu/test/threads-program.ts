// Run by threads-pool.test.ts as a program of its own: works until a worker is up, and ends.
import { mapKernel, dtypes, input } from '@tt/tensor'
import { createCpuBackend } from '../src/cpu-backend.ts'

const backend = createCpuBackend({ threads: 2, grain: 0 })
const kernel = mapKernel('exp', [dtypes.float32], 0, 'f32', [{ expr: input(0).exp(), dtype: dtypes.float32 }])
const shape = [100_000]
const x = {
  storage: { buffer: backend.allocate(400_000) },
  dtypeInfo: dtypes.float32,
  shape,
  strides: [1],
  offset: 0,
}
for (const end = Date.now() + 10_000; backend.threadStats().workers === 0 && Date.now() < end;)
  backend.kernels.map(kernel, [x], [], [x])
console.log(backend.threadStats().workers === 1 ? 'worker up' : 'no worker')
