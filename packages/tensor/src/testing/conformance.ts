// The conformance suite: every sample on a backend and on the reference backend, compared.
import { supportsDtype } from '../dispatch/complex.ts'
import type { Backend } from '../backend/backend.ts'
import { registerBackend } from '../backend/registry.ts'
import { dtypes } from '../dtype.ts'
import type { DType, DTypeInfo } from '../dtype.ts'
import { DTypeError, DeviceError } from '../errors.ts'
import { awaitReads } from '../host/reads.ts'
import { toTypedArrayAsync } from '../ops/reading.ts'
import { Tensor, newTensor } from '../tensor.ts'
import { expectAgreement } from './agreement.ts'
import { deviceTests } from './device-tests.ts'
import type { Backends } from './device-tests.ts'
import { createReferenceBackend } from './reference/index.ts'
import type { ErrorSample, Layout, Sample } from './sample.ts'
import { families } from './samples/index.ts'
import { isDistinct, makeInput } from './values.ts'

/** What conformance() needs. */
export interface ConformanceOptions {
  /** Makes the backend; called once, at the first test. */
  create: () => Backend | Promise<Backend>
  /** Reasons by name of a test ('sort/stable/int64') or of a group of them ('sort/stable', 'sort'). */
  skip?: Readonly<Record<string, string>>
  /** Takes the summary that the last test makes: how many ran, what was skipped and why. Default: console.log. */
  report?: (summary: string) => void
}

/** A test for any runner: `for (const { name, run } of conformance({ create })) test(name, run)`. */
export interface ConformanceTest {
  /** family/sample/dtype, and the reason if it is skipped. */
  readonly name: string
  run(): Promise<void>
}

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
export function conformance({
  create,
  skip = {},
  report = console.log,
}: ConformanceOptions): ConformanceTest[] {
  const skipped = new Map(Object.keys(skip).map((key) => [key, 0]))
  const counts = { ran: 0, passed: 0 }
  let backends: Promise<Backends> | null = null
  const open = (): Promise<Backends> =>
    (backends ??= Promise.resolve(create()).then((tested) => {
      const reference = createReferenceBackend()
      registerBackend(reference)
      registerBackend(tested)
      return { tested, reference }
    }))
  const entry = (name: string, run: (backends: Backends) => Promise<void>): ConformanceTest => {
    const key = name
      .split('/')
      .map((_, i, parts) => parts.slice(0, i + 1).join('/'))
      .find((prefix) => Object.hasOwn(skip, prefix))
    if (key === undefined) {
      return {
        name,
        async run() {
          counts.ran++
          await run(await open())
          counts.passed++
        },
      }
    }
    skipped.set(key, skipped.get(key)! + 1)
    return { name: `${name} (skipped: ${skip[key]})`, run: async () => {} }
  }
  const samples = families.flatMap((family) => [
    ...family.samples.flatMap((sample) =>
      sample.dtypes.map((dtype) =>
        entry(`${family.name}/${sample.name}/${dtype}`, (both) => runSample(both, sample, dtype)),
      ),
    ),
    ...(family.errors ?? []).map((sample) =>
      entry(`${family.name}/${sample.name}/error`, (both) => runError(both, sample)),
    ),
  ])
  const tests = [...samples, ...deviceTests.map(({ name, run }) => entry(name, async (both) => run(both)))]
  const summary: ConformanceTest = {
    name: 'every entry of skip names a test',
    async run() {
      const { tested } = await open()
      const skips = [...skipped].map(([key, count]) => `\n  skipped ${key} (${count}): ${skip[key]}`)
      const { ran, passed } = counts
      report(
        `conformance of '${tested.device}': ${passed} of ${ran} passed, of ${tests.length} in all${skips.join('')}`,
      )
      const unused = [...skipped].filter(([, count]) => count === 0).map(([key]) => key)
      if (unused.length > 0)
        throw new Error(`skip: every key must name a test or a group of tests, got [${unused.join(', ')}].`)
    },
  }
  return [...tests, summary]
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
