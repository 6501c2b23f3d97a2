// Gets a GPUDevice and registers the backend on it.
import { DeviceError, registerBackend } from '@tt/tensor'
import { platform } from '#platform'
import { createBackend } from './backend.ts'
import type { WebGpuBackend } from './backend.ts'
import { Runtime } from './device/runtime.ts'
import type { MatrixShape } from './kernels/product/matrices.ts'

/** Options of {@link init}. */
export interface WebGpuOptions {
  /** An existing GPUDevice to run on, for example that of the app's renderer; by default one is requested. */
  readonly device?: GPUDevice
  /** Device name under which the backend is registered; 'webgpu' by default. Another one makes a second device. */
  readonly name?: string
  /** Which GPU of several. */
  readonly powerPreference?: GPUPowerPreference
  /** Most bytes of GPU memory, free blocks included; none by default: what the driver gives. */
  readonly memoryLimit?: number
  /** Most bytes of free blocks that are kept for reuse; by default what was in use at once, and a quarter more. */
  readonly poolLimit?: number
  /** Kernels without barriers and with WGSL's own division, as drivers that run on the CPU want them; by default the adapter decides. */
  readonly barrierFree?: boolean
}

const matrixFeature = 'chromium-experimental-subgroup-matrix'
const optionalFeatures: readonly string[] = ['shader-f16', 'subgroups', 'timestamp-query', matrixFeature]

/**
 * Registers the WebGPU backend, so that `{ device: 'webgpu' }` works. In Node it needs the npm package `webgpu`.
 * Called again, for instance after the device was lost, it registers a new device.
 *
 * @param options the device to use, or how to get one
 * @returns the backend
 * @throws DeviceError if there is no WebGPU, or no adapter
 * @example
 * await init()
 * await ones([2], { device: 'webgpu' }).add(1).tolistAsync() // => [2, 2]
 */
export async function init(options: WebGpuOptions = {}): Promise<WebGpuBackend> {
  const { name = 'webgpu', memoryLimit = Infinity, poolLimit = Infinity } = options
  const found =
    options.device === undefined
      ? await request(options)
      : { device: options.device, info: options.device.adapterInfo }
  const { device, info } = found
  const runtime = new Runtime(device, {
    name,
    memoryLimit,
    poolLimit,
    collector: platform.collector,
    barrierFree: options.barrierFree ?? info?.isFallbackAdapter ?? false,
    subgroupNumbers: await hasSubgroupNumbers(),
    matrixShapes: matrixShapes(device, info),
  })
  const backend = createBackend(runtime)
  registerBackend(backend)
  return backend
}

// of the WebGPU that this program gets: a device of the user's is of the same one
const hasSubgroupNumbers = (): Promise<boolean> =>
  platform.gpu().then(
    ({ wgslLanguageFeatures }) => wgslLanguageFeatures?.has('subgroup_id') ?? false,
    () => false,
  )

interface MatrixConfig {
  readonly componentType: string
  readonly resultComponentType: string
  readonly M: number
  readonly N: number
  readonly K: number
}
/**
 * The fragments that fit together in our tiles: float16 with float32 sums, sides that divide 32. Today only the adapter
 * tells them, not a device of the user's.
 */
function matrixShapes({ features }: GPUDevice, info: GPUAdapterInfo): MatrixShape[] {
  if (!features.has(matrixFeature)) return []
  const { subgroupMatrixConfigs = [] } = info as { subgroupMatrixConfigs?: Iterable<MatrixConfig> }
  return [...subgroupMatrixConfigs]
    .filter((c) => c.componentType === 'f16' && c.resultComponentType === 'f32')
    .map(({ M, N, K }) => ({ rows: M, columns: N, inner: K }))
    .filter((shape) => Object.values(shape).every((side) => 32 % side === 0))
}

async function request({
  powerPreference,
}: WebGpuOptions): Promise<{ device: GPUDevice; info: GPUAdapterInfo }> {
  const gpu = await platform.gpu().catch((error: Error) => {
    throw new DeviceError('webgpu.init', error.message)
  })
  const adapter = await gpu.requestAdapter(powerPreference === undefined ? {} : { powerPreference })
  if (adapter === null)
    throw new DeviceError('webgpu.init', `a GPU adapter must be available, got none. ${platform.adapterHint}`)
  const requiredLimits: Record<string, number> = {}
  // a device has the defaults unless it asks: 128 MiB bindings, 8 storage buffers, ...
  for (const limit of [
    'maxBufferSize',
    'maxStorageBufferBindingSize',
    'maxStorageBuffersPerShaderStage',
    'maxComputeWorkgroupStorageSize',
    'maxComputeInvocationsPerWorkgroup',
    'maxComputeWorkgroupSizeX',
    'maxComputeWorkgroupsPerDimension',
  ] as const)
    requiredLimits[limit] = adapter.limits[limit]
  const requiredFeatures = optionalFeatures.filter((feature) =>
    adapter.features.has(feature),
  ) as GPUFeatureName[]
  const device = await adapter.requestDevice({ requiredLimits, requiredFeatures })
  return { device, info: adapter.info }
}
