// The meta device: tensors with shape and dtype and no data. Its kernels do nothing, so ops on it infer shapes.
import { DeviceError } from '../errors.ts'
import type { Backend } from './backend.ts'
import type { CoreKernels } from './kernels.ts'

const nothing = (): void => {}
const noData = (): never => {
  throw new DeviceError('read', "tensors of device 'meta' have no data. Create the tensor on another device")
}

const kernels: CoreKernels = {
  map: nothing,
  reduce: nothing,
  argReduce: nothing,
  scan: nothing,
  matmul: nothing,
  convolution: nothing,
  convolutionInput: nothing,
  convolutionWeight: nothing,
  gather: nothing,
  scatter: nothing,
  indexGet: nothing,
  indexPut: nothing,
  sort: nothing,
}

/** The backend of device 'meta'. */
export const metaBackend: Backend = {
  device: 'meta',
  canBlock: true,
  supports: () => true,
  allocate: () => ({}),
  free: nothing,
  write: nothing,
  read: noData,
  readAsync: () => Promise.resolve().then(noData),
  kernels,
  fused: {},
}
