// The conformance suite: every sample on a backend and on the reference backend, compared.
import { supportsDtype } from '../dispatch/complex.ts'
import type { Backend } from '../backend/backend.ts'
import { dtypes } from '../dtype.ts'
import type { DType, DTypeInfo } from '../dtype.ts'
import { DTypeError, DeviceError } from '../errors.ts'
import { awaitReads } from '../host/reads.ts'
import { toTypedArrayAsync } from '../ops/reading.ts'
import { Tensor, newTensor } from '../tensor.ts'
import { expectAgreement } from './agreement.ts'
import { deviceTests } from './device-tests.ts'
import { conformanceSuite } from './suite.ts'
import type { Backends, ConformanceOptions, ConformanceTest, DeviceTest } from './suite.ts'
import type { ErrorSample, Layout, Sample } from './sample.ts'
import { families } from './samples/index.ts'
import { isDistinct, makeInput } from './values.ts'

/**
 * Tests that a backend computes what the reference backend does, for every op, dtype and memory layout; that errors
 * change nothing; that its memory, reads and errors of devices are as they should be.
 *
 * @param options `create` makes the backend under test; `skip` says what it cannot do, and why: the names of
 *   the tests show it, and the summary that the last of them prints
 * @returns tests for any runner; each throws if the backends differ
 * @example
 * const skip = { 'sort/stable': 'no 64-bit keys yet' }
 * for (const { name, run } of conformance({ create: createAcmeBackend, skip })) test(name, run)
 */
export function conformance(options: ConformanceOptions): ConformanceTest[] {
  const samples = families.flatMap((family): DeviceTest[] => [
    ...family.samples.flatMap((sample) =>
      sample.dtypes.map((dtype) => ({
        name: `${family.name}/${sample.name}/${dtype}`,
        run: (both: Backends) => runSample(both, sample, dtype),
      })),
    ),
    ...(family.errors ?? []).map((sample) => ({
      name: `${family.name}/${sample.name}/error`,
      run: (both: Backends) => runError(both, sample),
    })),
  ])
  return conformanceSuite('conformance', [...samples, ...deviceTests], options)
}

const listOf = (result: Tensor | readonly Tensor[]): readonly Tensor[] =>
  result instanceof Tensor ? [result] : result
const allLayouts: readonly Layout[] = ['contiguous', 'transposed', 'sliced', 'expanded']

/** The layouts of the inputs, one list for each run: all alike, and mixed. */
function arrangements({ inputs, layouts = allLayouts }: Sample): readonly (readonly Layout[])[] {
  const alike = layouts
    .filter((layout) => layout === 'contiguous' || inputs.some(({ shape }) => isDistinct(shape, layout)))
    .map((layout) => inputs.map(() => layout))
  const mixed = inputs.map((_, i) => layouts[(i + 1) % layouts.length])
  return inputs.length > 1 && layouts.length > 1 ? [...alike, mixed] : alike
}

async function runSample({ tested, reference }: Backends, sample: Sample, dtype: DType): Promise<void> {
  const used = [dtype, ...sample.inputs.map((spec) => spec.dtype ?? dtype)].map((name) => dtypes[name])
  const unsupported = used.find((info) => !supportsDtype(tested, info))
  if (unsupported !== undefined) return expectRefusal(tested, unsupported)
  const compared: (readonly [Tensor, Tensor, string])[] = []
  for (const layouts of arrangements(sample)) {
    const [mine, theirs] = [tested, reference].map((backend) =>
      sample.inputs.map((spec, i) => makeInput(backend, spec, dtype, layouts[i], i + 1)),
    )
    const actual = listOf(await runOn(tested, () => sample.run(mine)))
    const expected = listOf(sample.run(theirs))
    const where = layouts.length > 0 ? `inputs ${layouts.join(', ')}` : 'no inputs'
    compared.push(
      ...expected.map((want, i) => [actual[i], want, `${where}: output ${i}`] as const),
      // Whatever was not written must be as it was.
      ...theirs.map((want, i) => [mine[i], want, `${where}: input ${i} after the call`] as const),
    )
  }
  // At once: a read of a device takes long to come back, whatever its size.
  await Promise.all(compared.map(([got, want, what]) => expectAgreement(got, want, what, sample.slack)))
}

/** Runs a sample; where its op must read a device that cannot be waited for, as the op's message says. */
async function runOn<T>(backend: Backend, run: () => T): Promise<T> {
  try {
    return run()
  } catch (error) {
    if (backend.canBlock || !(error instanceof DeviceError && /awaitReads/.test(error.message))) throw error
    return awaitReads(run)
  }
}

/** Asking for a dtype that a backend does not store is an error, never other elements. */
function expectRefusal(tested: Backend, dtype: DTypeInfo): void {
  try {
    newTensor(tested, dtype, [1])
  } catch (error) {
    if (error instanceof DTypeError) return
  }
  throw new Error(
    `a tensor of a dtype that the backend does not store must be refused, got one of ${dtype.name}.`,
  )
}

async function runError(
  { tested, reference }: Backends,
  { inputs, error, message, run }: ErrorSample,
): Promise<void> {
  const [mine, theirs] = [tested, reference].map((backend) =>
    inputs.map((spec, i) => makeInput(backend, spec, 'float32', 'contiguous', i + 1)),
  )
  let thrown: unknown = null
  try {
    const result = run(mine)
    // kernels of a backend that cannot block check indices later: the next read throws
    if (!tested.canBlock && result instanceof Tensor) await toTypedArrayAsync(result)
  } catch (caught) {
    thrown = caught
  }
  if (!(thrown instanceof error)) throw new Error(`${error.name} expected, got ${String(thrown)}.`)
  if (!message.test(thrown.message))
    throw new Error(`a message like ${message} expected, got ${thrown.message}`)
  for (let i = 0; i < theirs.length; i++)
    await expectAgreement(mine[i], theirs[i], `input ${i} after the error`)
}
