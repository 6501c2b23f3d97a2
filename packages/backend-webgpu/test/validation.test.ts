// WGSL of every kernel, checked by Dawn's null backend, which accepts what real GPUs have (shader-f16, subgroups) and
// runs nothing: all samples of the conformance kit, and sizes that choose other kernels.
import { describe, expect, test } from '@jest/globals'
import { init } from '@tt/backend-webgpu'
import {
  conv2d,
  convTranspose2d,
  crossEntropy,
  dtypes,
  groupNorm,
  layerNorm,
  maxPool2d,
  rand,
  randint,
  zeros,
} from '@tt/tensor'
import type { DType, Tensor } from '@tt/tensor'
import { families } from '@tt/tensor/testing'
import { create, globals } from 'webgpu'

const name = 'webgpu:null'
const features = ['shader-f16', 'subgroups', 'chromium-experimental-subgroup-matrix'] as GPUFeatureName[]

// Kept for as long as the process lives, outside of jest's sandbox: see src/platform/node.ts.
const holder = (globals as unknown as Record<string, { null?: GPU }>)['GPU']
const adapter = (await (holder.null ??= create([
  'backend=null',
  'enable-dawn-features=allow_unsafe_apis',
])).requestAdapter())!
const { maxStorageBuffersPerShaderStage, maxComputeInvocationsPerWorkgroup, maxComputeWorkgroupSizeX } =
  adapter.limits
const device = await adapter.requestDevice({
  requiredFeatures: features,
  requiredLimits: {
    maxStorageBuffersPerShaderStage,
    maxComputeInvocationsPerWorkgroup,
    maxComputeWorkgroupSizeX,
  },
})
const { runtime } = await init({ device, name, barrierFree: false })
runtime.sources = []
// It names no fragments of its matrix units, and lets subgroups have several sizes.
Object.assign(runtime, { matrixShape: { rows: 8, columns: 8, inner: 8 }, subgroupLanes: 32 })

// What the device does not have is refused by the op, before any kernel: see conformance.ts.
const refusals =
  /does not store (float64|complex\d+)|has no float64|must be read, and device|the last dim must have stride 1/

/** Makes the call; what WebGPU says against its kernels is thrown by the next op, or by settle. */
function attempt(call: () => unknown): void {
  try {
    call()
  } catch (error) {
    if (!refusals.test((error as Error).message)) throw error
  }
}

/** Throws what came up so far. Not `synchronize`: it reads, and what this device answers is uninitialised memory. */
async function settle(): Promise<void> {
  runtime.flush()
  await device.queue.onSubmittedWorkDone()
  runtime.check('validation')
}

const layouts: readonly ((shape: readonly number[], dtype: DType) => Tensor)[] = [
  (shape, dtype) => zeros([...shape], { device: name, dtype }),
  (shape, dtype) =>
    zeros(shape.toReversed(), { device: name, dtype }).permute(shape.map((_, i) => shape.length - 1 - i)),
]

test('the device has what real GPUs have', () => {
  expect(features.every((feature) => device.features.has(feature))).toBe(true)
  expect(runtime.barrierFree).toBe(false)
})

test('a kernel that is no WGSL is refused', async () => {
  attempt(() => {
    const source = { name: 'broken', access: [], words: 0, code: 'fn main() -> nothing {}' } as const
    runtime.program('broken', () => source)
  })
  await expect(settle()).rejects.toThrow('a command was refused')
})

test.each(families.map((family) => [family.name, family] as const))('%s', async (_, { samples }) => {
  for (const { inputs, dtypes: of, run } of samples) {
    for (const dtype of of.filter((each) => each !== 'float64')) {
      for (const make of layouts)
        attempt(() => run(inputs.map((spec) => make(spec.shape, spec.dtype ?? dtype))))
    }
  }
  await settle()
})

type Make = (...shape: number[]) => Tensor
const large: Record<string, (make: Make) => unknown> = {
  matmul: (make) => [
    make(600, 700).matmul(make(700, 500)),
    make(8, 3, 200).matmul(make(200, 301)),
    make(1, 4096).matmul(make(4096, 1)),
    make(16, 512, 8).matmul(make(16, 512, 8).mT),
    make(600, 700).matmul(make(500, 700).t()),
    make(700, 600).t().matmul(make(700, 500)),
    make(16, 8, 512).mT.matmul(make(16, 8, 512)),
    make(3, 50000).matmul(make(300, 50000).t()),
    make(3, 500).matmul(make(500, 300)),
  ],
  convolution: (make) => [
    conv2d(make(8, 32, 40, 40), make(64, 32, 3, 3), null, { padding: 1 }),
    conv2d(make(16, 32, 40, 40), make(64, 32, 3, 3), make(64), { padding: 1 }),
    convTranspose2d(make(8, 32, 40, 40), make(32, 16, 3, 3), null, { stride: 2 }),
    maxPool2d(make(8, 32, 40, 40), 3),
  ],
  reductions: (make) => [
    make(1e6).sum(),
    make(3000, 500).sum(0),
    make(500, 3000).amax(1),
    make(1e5).argmax(),
  ],
  lines: (make) => [
    make(50, 5000).softmax(1),
    make(50, 5000).cumsum(1),
    make(1e5).cummax(0),
    make(50, 5000).sort(1),
    make(50, 500).to('float16').sort(1),
    make(1e6).topk(100),
    make(1e6).to('bool').topk(1),
    make(50, 5000).kthvalue(3),
  ],
  norms: (make) => [layerNorm(make(50, 500), [500], make(500), make(500)), groupNorm(make(8, 32, 10, 10), 4)],
  losses: (make) => [crossEntropy(make(4096, 50), zeros([4096], { device: name, dtype: 'int64' }), make(50))],
  'random numbers': (make) => [
    rand([1e5], { device: name }),
    randint(10, [99], { device: name }),
    make(99_999).uniform_(),
  ],
}
describe.each(['float32', 'float16'] as const)('%s', (dtype) => {
  test.each(Object.entries(large))('%s of many elements', async (_, run) => {
    run((...shape) => zeros(shape, { device: name, dtype }))
    await settle()
  })
})

test('casts', async () => {
  const names = Object.keys(dtypes) as DType[]
  for (const from of names) {
    for (const to of names) attempt(() => layouts[0]([9], from).to(to))
  }
  await settle()
})

test('nothing of this was empty', () => {
  expect(runtime.sources!.some(({ source }) => source.includes('subgroupMatrixMultiplyAccumulate'))).toBe(
    true,
  )
  expect(new Set(runtime.sources!.map(({ source }) => source)).size).toBeGreaterThan(1000)
})
