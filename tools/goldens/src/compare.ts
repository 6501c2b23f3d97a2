// Compares a result with the golden one: structure, dtype, shape, values within the tolerance, shared memory.
import { Complex, Tensor, dtypes, toTypedArrayAsync } from '@tt/tensor'
import type { DTypeInfo, HostArray } from '@tt/tensor'
import { complexNumber, dtypeOf, resultElements } from './decode.ts'
import { isEncodedTensor, isObject, itemsOf } from './format.ts'
import type { Encoded, EncodedTensor, GoldenCase, Tolerance } from './format.ts'
import { camelCase } from './names.ts'
import { expectThat } from './outcome.ts'

const exact: Tolerance = { atol: 0, rtol: 0 }
const show = (shape: readonly number[]): string => `[${shape.join(', ')}]`

/** The result as a list in the order of the golden outputs. */
export function outputsOf(result: unknown, { kind, names }: GoldenCase): readonly unknown[] {
  if (kind === undefined) return [result]
  if (Array.isArray(result)) return result
  expectThat(
    isObject(result) && !(result instanceof Tensor),
    () => `a ${kind} of results expected, got ${describe(result)}`,
  )
  if (names === undefined) return Object.values(result)
  return names.map((name) => {
    const key = camelCase(name)
    expectThat(key in result, () => `field ${key} expected, got fields [${Object.keys(result).join(', ')}]`)
    return result[key]
  })
}

const describe = (value: unknown): string =>
  value instanceof Tensor
    ? `a tensor of shape ${show(value.shape)}`
    : Array.isArray(value)
      ? `an array of ${value.length}`
      : String(value)

/** What comparing needs beside the two values. */
export interface Context {
  readonly tolerance: Tolerance
  /** Compare dtype and shape only. */
  readonly metaOnly: boolean
  /** Input tensors, for view_of. */
  readonly inputs: readonly Tensor[]
}

/** Compares one output, nested lists included. @throws Mismatch */
export async function compareOutput(
  actual: unknown,
  expected: Encoded,
  context: Context,
  path: string,
): Promise<void> {
  if (isEncodedTensor(expected)) await compareTensor(actual, expected, context, path)
  else if (itemsOf(expected) !== null || (isObject(expected) && 'size' in expected)) {
    const items = itemsOf(expected) ?? (expected as { size: Encoded[] }).size
    expectThat(
      Array.isArray(actual) && actual.length === items.length,
      () => `${path}: a list of ${items.length} expected, got ${describe(actual)}`,
    )
    for (const [i, item] of items.entries()) await compareOutput(actual[i], item, context, `${path}[${i}]`)
  } else comparePlain(actual, expected, context, path)
}

function comparePlain(actual: unknown, expected: Encoded, { tolerance }: Context, path: string): void {
  if (isObject(expected) && 'dtype' in expected) {
    const name = dtypeOf(expected.dtype as string).name
    expectThat(actual === name, () => `${path}: dtype ${name} expected, got ${String(actual)}`)
  } else if (isObject(expected) && 'complex' in expected) {
    const number = complexNumber(expected.complex as (number | string)[])
    expectThat(
      actual instanceof Complex && isCloseComplex([actual.re, actual.im], [number.re, number.im], tolerance),
      () => `${path}: ${String(number)} expected, got ${String(actual)}`,
    )
  } else if (isObject(expected) && ('float' in expected || 'int' in expected)) {
    const number = Number(String(expected.float ?? expected.int).replace('inf', 'Infinity'))
    expectThat(
      isClose(Number(actual), number, tolerance),
      () => `${path}: ${number} expected, got ${String(actual)}`,
    )
  } else
    expectThat(
      Object.is(actual, expected) || (typeof expected === 'number' && Number(actual) === expected),
      () => `${path}: ${JSON.stringify(expected)} expected, got ${describe(actual)}`,
    )
}

async function compareTensor(
  actual: unknown,
  expected: EncodedTensor,
  { tolerance, metaOnly, inputs }: Context,
  path: string,
): Promise<void> {
  const dtype = dtypeOf(expected.t)
  expectThat(actual instanceof Tensor, () => `${path}: a tensor expected, got ${describe(actual)}`)
  expectThat(actual.dtype === dtype.name, () => `${path}: dtype ${dtype.name} expected, got ${actual.dtype}`)
  expectThat(
    show(actual.shape) === show(expected.shape),
    () => `${path}: shape ${show(expected.shape)} expected, got ${show(actual.shape)}`,
  )
  if (expected.view_of !== undefined) {
    const base = inputs[expected.view_of]
    expectThat(
      actual.storage === base.storage,
      () => `${path}: a view of input ${expected.view_of} expected, got other memory`,
    )
  }
  if (metaOnly) return
  const difference = firstDifference(
    await toTypedArrayAsync(actual),
    resultElements(expected),
    dtype,
    tolerance,
  )
  expectThat(difference === null, () => `${path}: ${difference}`)
}

/** Says where the elements differ, or null. */
export function firstDifference(
  actual: HostArray,
  expected: HostArray,
  dtype: DTypeInfo,
  tolerance: Tolerance,
): string | null {
  const limits = dtype.differentiable ? tolerance : exact
  const step = dtype.category === 'complex' ? 2 : 1
  let count = 0
  let first = ''
  for (let i = 0; i < expected.length; i += step) {
    const [x, e] = [actual, expected].map((array) =>
      Array.from({ length: step }, (_, k) => numberAt(array, i + k, dtype)),
    )
    if (step === 1 ? isClose(x[0], e[0], limits) : isCloseComplex(x, e, limits)) continue
    if (count++ === 0) first = `${e.join(' + i ')} expected at flat index ${i / step}, got ${x.join(' + i ')}`
  }
  return count === 0 ? null : `${first} (${count} of ${expected.length / step} differ)`
}

/** Complex numbers are close as such, |x − e| ≤ atol + rtol·|e|, or part by part, as NaN and infinities are. */
function isCloseComplex(
  x: readonly (number | bigint)[],
  e: readonly (number | bigint)[],
  limits: Tolerance,
): boolean {
  if (x.every((part, k) => isClose(part, e[k], limits))) return true
  const size = ([re, im]: readonly number[]): number => Math.hypot(re, im)
  const [a, b] = [x.map(Number), e.map(Number)]
  return size(a.map((part, k) => part - b[k])) <= limits.atol + limits.rtol * size(b)
}

function numberAt(array: HostArray, i: number, dtype: DTypeInfo): number | bigint {
  const entry = array[i]
  if (dtype === dtypes.float16) return half(entry as number)
  return dtype === dtypes.bfloat16
    ? new Float32Array(new Uint32Array([(entry as number) << 16]).buffer)[0]
    : entry
}

function half(bits: number): number {
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  const magnitude =
    exponent === 31
      ? fraction
        ? NaN
        : Infinity
      : exponent === 0
        ? fraction * 2 ** -24
        : (1 + fraction / 1024) * 2 ** (exponent - 15)
  return bits & 0x8000 ? -magnitude : magnitude
}

/** |x − e| ≤ atol + rtol·|e|; NaN equals NaN, an infinity itself. */
export function isClose(x: number | bigint, e: number | bigint, { atol, rtol }: Tolerance): boolean {
  if (x === e) return true
  if (typeof x === 'bigint' || typeof e === 'bigint') return false
  if (Number.isNaN(e)) return Number.isNaN(x)
  return Number.isFinite(e) && Math.abs(x - e) <= atol + rtol * Math.abs(e)
}

/** The tensors of nested results, depth first. */
export function flattenTensors(value: unknown): Tensor[] {
  if (value instanceof Tensor) return [value]
  if (Array.isArray(value)) return value.flatMap(flattenTensors)
  return isObject(value) ? Object.values(value).flatMap(flattenTensors) : []
}
