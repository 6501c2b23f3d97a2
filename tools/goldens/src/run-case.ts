// Runs one golden case with all its checks.
import { NotImplementedError, Tensor, getBackend, toTypedArrayAsync } from '@tt/tensor'
import { perform } from './call.ts'
import type { World } from './call.ts'
import { compareOutput, flattenTensors, outputsOf } from './compare.ts'
import type { Context } from './compare.ts'
import { ArgumentDecoder, dtypeOf } from './decode.ts'
import { isEncodedTensor, isObject } from './format.ts'
import type { Call, Encoded, EncodedTensor, GoldenCase, GoldenError, GoldenFile } from './format.ts'
import { checkHeld } from './device.ts'
import { checkGradients } from './gradients.ts'
import { withGoldenSigns } from './gauge.ts'
import { Mismatch, NotApplicable, NotThere, expectThat } from './outcome.ts'
import type { Outcome } from './outcome.ts'
import { bind } from './signatures.ts'
import { pointAtEqualValues } from './ties.ts'

const callOf = (file: GoldenFile, golden: Partial<Call>): Call => ({
  call: golden.call ?? file.call,
  variant: golden.variant ?? file.variant,
})

function seed({ packages: { torch } }: World, golden: GoldenCase): void {
  if (!golden.random) return
  if (typeof torch.manualSeed !== 'function') throw new NotThere('function manualSeed')
  ;(torch.manualSeed as (value: number) => void)(golden.seed ?? 0)
}

/** A decoder with all inputs of the call made. */
function decoderOf(
  world: World,
  { args, kwargs }: { args: readonly Encoded[]; kwargs: Readonly<Record<string, Encoded>> },
): ArgumentDecoder {
  const decoder = new ArgumentDecoder(world.device)
  decoder.collect(args)
  decoder.collect(kwargs)
  return decoder
}

/** Throws NotThere if a result has a dtype that does not exist. */
function checkDtypes(value: unknown): void {
  if (isEncodedTensor(value)) dtypeOf(value.t)
  else if (Array.isArray(value)) value.forEach(checkDtypes)
  else if (isObject(value)) Object.values(value).forEach(checkDtypes)
}

/** Runs a case: values, dtypes, shapes, shared memory, changed inputs, gradients, the in-place method. */
export function runCase(world: World, file: GoldenFile, golden: GoldenCase): Promise<Outcome> {
  return judge(golden.id, async () => {
    checkHeld(world.device, golden)
    checkDtypes(golden.outputs)
    const call = callOf(file, golden)
    const decoder = decoderOf(world, golden)
    seed(world, golden)
    const result = await perform(world, call, golden, decoder)
    const found = outputsOf(result, golden)
    const outputs = file.gauge === undefined ? found : withGoldenSigns(found, golden, world.device)
    expectThat(
      outputs.length === golden.outputs.length,
      () => `${golden.outputs.length} results expected, got ${outputs.length}`,
    )
    // A device that draws by itself has numbers of its own: dtypes and shapes only
    const ownNumbers = golden.random === true && getBackend(world.device).fused.random !== undefined
    const context: Context = {
      tolerance: golden.tolerance ?? { atol: 0, rtol: 0 },
      metaOnly: golden.compare === 'meta' || ownNumbers,
      inputs: decoder.inputs,
    }
    for (const [i, expected] of golden.outputs.entries()) {
      try {
        await compareOutput(outputs[i], expected, context, `output ${i}`)
      } catch (error) {
        if (
          !file.index_outputs?.includes(i) ||
          !(await isTie(world, call, golden, decoder, outputs[i], expected))
        )
          throw error
      }
    }
    if (ownNumbers) return
    for (const { i, value } of golden.mutated ?? []) {
      await compareOutput(
        decoder.inputs[i].detach(),
        { ...value, view_of: undefined },
        context,
        `input ${i} after the call`,
      )
    }
    await checkGradients(world, golden, {
      outputs: flattenTensors([...outputs]),
      inputs: decoder.inputs,
      // Python's reflected pow makes a new tensor of its operand, without a graph
      nullIsUnused: call.variant !== 'operator',
    })
    if (!golden.inplace_ok || file.inplace === undefined) return
    // A lambda stands for F.silu(x, inplace=True); without such an option it is skipped
    if (/^\w+$/.test(file.inplace)) await runInPlace(world, file.inplace, call, golden, context)
    else if (takesInplace(world, call)) await runWithOption(world, call, golden, context)
  })
}

/** The in-place method on the same arguments gives the same. */
async function runInPlace(
  world: World,
  name: string,
  call: Call,
  golden: GoldenCase,
  context: Context,
): Promise<void> {
  const decoder = decoderOf(world, golden)
  seed(world, golden)
  const [self, ...args] = golden.args
  const path = `torch.Tensor.${name}`
  const signatures = {
    ...world.signatures,
    [path]: world.signatures[path] ?? world.signatures[call.call] ?? [],
  }
  for (const tensor of decoder.inputs) if (tensor.requiresGrad) tensor.requiresGrad = false
  const result = await perform(
    { ...world, signatures },
    { call: path, variant: 'inplace' },
    { args: [self, ...args], kwargs: golden.kwargs },
    decoder,
  )
  await compareOutput(
    result,
    withoutView(golden.outputs[0]),
    { ...context, inputs: decoder.inputs },
    `${name}: output`,
  )
}

const takesInplace = ({ signatures }: World, { call }: Call): boolean =>
  (signatures[call] ?? []).some((overload) => overload.some(({ name }) => name === 'inplace'))

/** The same call with `inplace: true` gives the same, in the memory of the first argument. */
async function runWithOption(world: World, call: Call, golden: GoldenCase, context: Context): Promise<void> {
  const decoder = decoderOf(world, golden)
  seed(world, golden)
  for (const tensor of decoder.inputs) if (tensor.requiresGrad) tensor.requiresGrad = false
  const at = world.signatures[call.call][0].findIndex(({ name }) => name === 'inplace')
  const { inplace: _, ...kwargs } = golden.kwargs
  const given = { args: golden.args.slice(0, at), kwargs: { ...kwargs, inplace: true } }
  const result = await perform(world, call, given, decoder)
  expectThat(
    result instanceof Tensor && result.storage === decoder.inputs[0].storage,
    () => 'inplace: true must give the input back, got another tensor',
  )
  await compareOutput(
    result,
    withoutView(golden.outputs[0]),
    { ...context, inputs: decoder.inputs },
    'inplace: output',
  )
}

const withoutView = (expected: Encoded): Encoded =>
  isEncodedTensor(expected) ? { ...(expected as EncodedTensor), view_of: undefined } : expected

async function isTie(
  world: World,
  { call }: Call,
  golden: GoldenCase,
  decoder: ArgumentDecoder,
  actual: unknown,
  expected: Encoded,
): Promise<boolean> {
  const [input] = decoder.inputs
  if (!(actual instanceof Tensor) || actual.dtype !== 'int64' || !isEncodedTensor(expected)) return false
  if (actual.shape.join() !== expected.shape.join()) return false
  const binding = bind(world.signatures[call] ?? [], golden.args, golden.kwargs)
  const given = binding?.bound.find(({ parameter }) => parameter.name === 'dim')?.value
  const parameter = binding?.overload.find(({ name }) => name === 'dim')
  const dim = given !== undefined ? given : ((parameter?.default ?? null) as Encoded)
  return (
    (dim === null || typeof dim === 'number') &&
    (await pointAtEqualValues(input, dim, actual, expected as EncodedTensor))
  )
}

// Errors of PyTorch that need not be errors here: what its CPU kernels lack (the README of the goldens names
// it), its limit of 64 dims, and what Python tells apart and JavaScript does not: a number where functions
// here take tensors and numbers, 1.0 where 1 is meant.
const limits = [
  /not implemented for '/,
  /only tensors with up to 64 dims/,
  /must be Tensor, not (int|float|bool)/,
  /must be int, not float/,
  /received an invalid combination of arguments - got \((int|float|bool), Tensor/,
  /'int' object/,
]

/** Runs a call that must throw an error of the library. */
export function runError(world: World, file: GoldenFile, golden: GoldenError): Promise<Outcome> {
  return judge(golden.id, async () => {
    checkHeld(world.device, golden)
    const decoder = decoderOf(world, golden)
    try {
      // Values are checked where they can be read; devices that run later than the op tell of an index with the read
      const result = await perform({ ...world, alwaysWait: true }, callOf(file, golden), golden, decoder)
      for (const tensor of flattenTensors(result)) await toTypedArrayAsync(tensor)
    } catch (error) {
      if (error instanceof NotThere || error instanceof NotImplementedError || isAccident(error)) throw error
      return
    }
    if (limits.some((limit) => limit.test(golden.message))) throw new NotApplicable(golden.message)
    throw new Mismatch(`an error expected (${golden.message.split('\n')[0].slice(0, 120)}), got none`)
  })
}

/** An error that JavaScript raised, not the library. */
const isAccident = (error: unknown): boolean =>
  !(error instanceof Error) ||
  [TypeError, ReferenceError, RangeError, SyntaxError].some((kind) => error.constructor === kind)

async function judge(id: string, run: () => Promise<void>): Promise<Outcome> {
  try {
    await run()
    return { id, status: 'passed', reason: '' }
  } catch (error) {
    const missing = error instanceof NotThere || error instanceof NotImplementedError
    if (error instanceof NotApplicable) return { id, status: 'not applicable', reason: error.message }
    const reason =
      error instanceof Error
        ? error instanceof Mismatch || missing
          ? error.message
          : `${error.name}: ${error.message}`
        : String(error)
    return {
      id,
      status: missing ? 'not implemented' : 'failed',
      reason: isAccident(error) ? `${reason} ${place(error)}` : reason,
    }
  }
}

/** Where in the sources an accident happened. */
const place = (error: unknown): string =>
  /\(?(?:file:\/\/)?([^()\s]*packages\/[^()\s]*:\d+):\d+\)?/
    .exec((error as Error).stack ?? '')?.[1]
    ?.replace(/^.*packages\//, '(')
    .concat(')') ?? ''
