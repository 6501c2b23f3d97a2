// Reading of the recorded cases: tensors in base64, tolerances.
import { readFileSync } from 'node:fs'
import { expect } from '@jest/globals'
import { tensor } from '@tt/autograd'
import type { DType, Tensor } from '@tt/autograd'

/** A tensor as the fixtures hold it. */
export interface Recorded {
  t: DType
  shape: number[]
  data: string
  rg?: 1
}

export interface Tolerance {
  atol: number
  rtol: number
}

export const readFixture = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), 'utf8')) as T

const arrays = {
  float32: Float32Array,
  float64: Float64Array,
  int64: BigInt64Array,
  bool: Uint8Array,
} as const

export function valuesOf({ t, data }: Recorded): Float32Array | Float64Array | BigInt64Array | Uint8Array {
  const bytes = new Uint8Array(Buffer.from(data, 'base64'))
  return new arrays[t as keyof typeof arrays](bytes.buffer)
}

export const tensorOf = (recorded: Recorded): Tensor =>
  tensor(valuesOf(recorded), { dtype: recorded.t }).view(recorded.shape)

export const isRecorded = (value: unknown): value is Recorded =>
  typeof value === 'object' && value !== null && 'data' in value && 't' in value

/** Expects dtype, shape and values. */
export function expectClose(
  what: string,
  actual: Tensor | null,
  expected: Recorded | null,
  { atol, rtol }: Tolerance,
): void {
  if (expected === null || actual === null) {
    expect([what, actual === null]).toEqual([what, expected === null])
    return
  }
  expect([what, actual.dtype, actual.shape]).toEqual([what, expected.t, expected.shape])
  const [a, b] = [actual.toTypedArray(), valuesOf(expected)]
  for (let i = 0; i < b.length; i++) {
    const [x, y] = [Number(a[i]), Number(b[i])]
    if (Object.is(x, y) || Math.abs(x - y) <= atol + rtol * Math.abs(y)) continue
    throw new Error(`${what}: element ${i} is ${x}, should be ${y}`)
  }
}
