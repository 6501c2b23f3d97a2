// Whether two backends gave the same: dtype, shape, strides, and values within what the dtype can tell apart.
import { decoders } from '../host/encode.ts'
import { realOf } from '../dtype.ts'
import type { DType, HostArray, RealDType } from '../dtype.ts'
import { formatShape } from '../shape/shape.ts'
import { toTypedArrayAsync } from '../ops/reading.ts'
import type { Tensor } from '../tensor.ts'

/** Allowed differences: |x − e| ≤ absolute + relative·|e|. Integers and truth values are exact. */
export const tolerances: Readonly<
  Partial<Record<DType, { readonly absolute: number; readonly relative: number }>>
> = {
  float64: { absolute: 1e-11, relative: 1e-11 },
  float32: { absolute: 2e-6, relative: 1e-5 },
  float16: { absolute: 1e-3, relative: 2e-3 },
  bfloat16: { absolute: 8e-3, relative: 1.6e-2 },
}

function isClose(x: unknown, e: unknown, dtype: DType, slack: number): boolean {
  if (Object.is(x, e) || x === e) return true
  const limit = tolerances[dtype]
  if (limit === undefined || typeof x !== 'number' || typeof e !== 'number' || !Number.isFinite(e))
    return false
  return Math.abs(x - e) <= slack * (limit.absolute + limit.relative * Math.abs(e))
}

/** Throws if a result differs from the reference's. */
export async function expectAgreement(
  actual: Tensor,
  expected: Tensor,
  what: string,
  slack = 1,
): Promise<void> {
  const fail = (text: string): never => {
    throw new Error(`${what}: ${text}`)
  }
  if (actual.dtype !== expected.dtype) fail(`dtype ${expected.dtype} expected, got ${actual.dtype}`)
  if (formatShape(actual.shape) !== formatShape(expected.shape)) {
    fail(`shape ${formatShape(expected.shape)} expected, got ${formatShape(actual.shape)}`)
  }
  const { name } = realOf(expected.dtypeInfo) // complex numbers are compared part by part
  const decode = decoders[name as RealDType] as (entry: HostArray[number]) => unknown
  const [mine, theirs] = [await toTypedArrayAsync(actual), await toTypedArrayAsync(expected)]
  for (let i = 0; i < theirs.length; i++) {
    const [x, e] = [decode(mine[i]), decode(theirs[i])]
    if (!isClose(x, e, name, slack))
      fail(`${String(e)} expected at flat index ${i} of ${theirs.length}, got ${String(x)}`)
  }
}
