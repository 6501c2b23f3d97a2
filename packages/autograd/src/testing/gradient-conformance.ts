// Gradients on a backend: those of every sample, compared with the ones that the reference backend gives.
import { conformanceSuite } from '@tt/tensor/testing'
import type { Backends, ConformanceOptions, ConformanceTest, DeviceTest } from '@tt/tensor/testing'
import {
  DeviceError,
  awaitReads,
  devices,
  dtypes,
  getDefaultDevice,
  grad,
  manualSeed,
  setDefaultDevice,
  tensor,
} from '../index.ts'
import type { Backend, DType, Tensor } from '../index.ts'
import { families } from './samples/index.ts'
import { tensorsOf } from './samples/sample.ts'
import type { Sample } from './samples/sample.ts'

/** Allowed differences, absolute and relative to the larger of 1 and the value. */
const tolerances: Readonly<Partial<Record<DType, number>>> = { float64: 1e-8, float32: 2e-3 }

/**
 * Tests that the results and gradients of every differentiable op are on a backend what they are on the reference
 * backend: in float64, or in float32 where the backend has no float64.
 *
 * @param options as those of conformance() of `@tt/tensor/testing`
 * @returns tests for any runner
 * @example
 * for (const { name, run } of gradientConformance({ create: createAcmeBackend })) test(name, run)
 */
export function gradientConformance(options: ConformanceOptions): ConformanceTest[] {
  const tests = Object.entries(families).flatMap(([family, samples]) =>
    samples.map((sample): DeviceTest => ({
      name: `${family}/${sample[0]}`,
      run: (both) => compare(both, sample),
    })),
  )
  return conformanceSuite('gradients', tests, options)
}

async function compare({ tested, reference }: Backends, sample: Sample): Promise<void> {
  const dtype = tested.supports(dtypes.float64) ? 'float64' : 'float32'
  const [mine, theirs] = [await computeOn(tested, sample, dtype), await computeOn(reference, sample, dtype)]
  if (mine.length !== theirs.length) throw new Error(`${theirs.length} tensors expected, got ${mine.length}`)
  for (let i = 0; i < theirs.length; i++) await expectClose(mine[i], theirs[i], tolerances[dtype]!)
}

type Found = readonly [what: string, value: Tensor | null]

/** The results of a sample and the gradients of a weighted sum of them, with everything made on the device. */
async function computeOn(backend: Backend, [, leaves, fn]: Sample, dtype: DType): Promise<Found[]> {
  const run = (): Found[] => {
    const before = getDefaultDevice()
    setDefaultDevice(backend.device)
    manualSeed(0)
    try {
      const inputs = tensorsOf(leaves, dtype)
      const results = [fn(...inputs)].flat() as Tensor[]
      const recorded = results.filter((result) => result.requiresGrad)
      const gradients =
        recorded.length === 0
          ? []
          : grad(recorded, inputs, { gradOutputs: recorded.map(weights), allowUnused: true })
      return [
        ...results.map((result, i): Found => [`result ${i}`, result.detach()]),
        ...gradients.map((gradient, i): Found => [`the gradient by input ${i}`, gradient]),
      ]
    } finally {
      if (devices().includes(before)) setDefaultDevice(before)
    }
  }
  try {
    return run()
  } catch (error) {
    if (backend.canBlock || !(error instanceof DeviceError && /awaitReads/.test(error.message))) throw error
    return awaitReads(run)
  }
}

// The same numbers on every device: multiples of the golden ratio, which no two elements share.
const weights = (result: Tensor, position: number): Tensor => {
  const numbers = Float64Array.from(
    { length: result.numel() },
    (_, i) => ((i + 3 * position + 1) * 0.618034) % 1,
  )
  return tensor(numbers, { dtype: result.dtype }).reshape(result.shape)
}

async function expectClose([what, mine]: Found, [, theirs]: Found, tolerance: number): Promise<void> {
  const fail = (text: string): never => {
    throw new Error(`${what}: ${text}`)
  }
  if (mine === null || theirs === null) {
    if (mine !== theirs)
      fail(`${theirs === null ? 'none' : 'one'} expected, got ${mine === null ? 'none' : 'one'}`)
    return
  }
  if (mine.dtype !== theirs.dtype || mine.shape.join() !== theirs.shape.join())
    fail(
      `${theirs.dtype} of [${theirs.shape.join(', ')}] expected, got ${mine.dtype} of [${mine.shape.join(', ')}]`,
    )
  const [actual, expected] = [await mine.toTypedArrayAsync(), await theirs.toTypedArrayAsync()]
  for (let i = 0; i < expected.length; i++) {
    const [x, e] = [Number(actual[i]), Number(expected[i])]
    const close = Object.is(x, e) || x === e || Math.abs(x - e) <= tolerance * Math.max(1, Math.abs(e))
    if (!close) fail(`${e} expected at flat index ${i} of ${expected.length}, got ${x}`)
  }
}
