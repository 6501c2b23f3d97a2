// The devices of the tests, and the comparison of a computation on them with the reference backend.
import { expect } from '@jest/globals'
import { init } from '@tt/backend-webgpu'
import { dtypes, registerBackend, tensor } from '@tt/tensor'
import type { DType, Tensor } from '@tt/tensor'
import { createReferenceBackend } from '@tt/tensor/testing'

registerBackend(createReferenceBackend())
/** 'webgpu', with the kernels that the adapter asks for. */
export const backend = await init()
/** 'webgpu:other': the other ones, with or without barriers. */
export const other = await init({ name: 'webgpu:other', barrierFree: !backend.runtime.barrierFree })

type Data = Parameters<typeof tensor>[0]
/** Makes a tensor of the same values on whichever device a computation runs. */
export type Make = (data: Data, dtype?: DType) => Tensor

/** Numbers in [−1, 1) that are the same in every run. */
export const numbers = (n: number, scale = 1, seed = 1): number[] =>
  Array.from({ length: n }, (_, i) => ((((i + seed) * 0.6180339887498949) % 1) * 2 - 1) * scale)
/** The numbers as a tensor of a shape. */
export const filled = (
  make: Make,
  shape: readonly number[],
  { dtype = 'float32', scale = 1, seed = 1 }: { dtype?: DType; scale?: number; seed?: number } = {},
): Tensor => {
  const n = shape.reduce((a, b) => a * b, 1)
  const values = numbers(n, scale, seed)
  return make(dtypes[dtype].category === 'float' ? values : values.map(Math.trunc), dtype).reshape([...shape])
}

/** The results as numbers: the half types as float32, int64 as its numbers. */
async function valuesOf(result: Tensor): Promise<number[]> {
  const wide = result.dtype === 'float16' || result.dtype === 'bfloat16' ? result.to('float32') : result
  return Array.from((await wide.toTypedArrayAsync()) as Float32Array, Number)
}

/** Expects what `compute` gives on the devices to be what it gives on the reference backend. */
export async function expectSame(
  compute: (make: Make) => Tensor | Tensor[],
  {
    rtol = 2e-6,
    atol = 1e-6,
    devices = ['webgpu'],
  }: { rtol?: number; atol?: number; devices?: string[] } = {},
): Promise<void> {
  const run = (device: string): Tensor[] => {
    const results = compute((data, dtype) =>
      dtype === undefined ? tensor(data, { device }) : tensor(data, { device, dtype }),
    )
    return Array.isArray(results) ? results : [results]
  }
  const wanted = run('reference')
  const wantedValues = await Promise.all(wanted.map(valuesOf))
  for (const device of devices) {
    const results = run(device)
    const got = await Promise.all(results.map(valuesOf))
    results.forEach((result, k) => {
      expect(result.device).toBe(device)
      expect([result.dtype, result.shape]).toEqual([wanted[k].dtype, wanted[k].shape])
      const far = got[k].flatMap((x, i) =>
        close(x, wantedValues[k][i], rtol, atol) ? [] : [`[${i}]: got ${x}, want ${wantedValues[k][i]}`],
      )
      expect(far.slice(0, 5)).toEqual([])
    })
  }
}

function close(got: number, want: number, rtol: number, atol: number): boolean {
  if (Number.isNaN(want) || Number.isNaN(got)) return Number.isNaN(want) && Number.isNaN(got)
  return got === want || Math.abs(got - want) <= atol + rtol * Math.abs(want)
}
