// Divided kernels give what undivided ones do, in every run.
import { availableParallelism } from 'node:os'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { ArgumentError, dtypes, input, mapKernel, nextKernelId } from '@tt/tensor'
import type { Operand, ReduceKernel } from '@tt/tensor'
import { createCpuBackend } from '../src/cpu-backend.ts'
import { below, difference, memoryOf, operand, random } from './operands.ts'
import type { Twin } from './operands.ts'

const one = createCpuBackend({ threads: 1 })
const two = createCpuBackend({ threads: 2, grain: 0 })
const pair = [two, one]
const uniform = (): number => random() * 2 - 1
const some = (shape: readonly number[], dtype: 'float32' | 'float64' = 'float32'): Twin =>
  operand(pair, dtype, shape, 'dense', uniform)

/** Runs on both backends; outputs must agree to the bit, or to the tolerance. */
function agree(
  inputs: readonly Twin[],
  outputs: readonly Twin[],
  call: (backend: typeof one, inputs: readonly Operand[], outputs: readonly Operand[]) => void,
  tolerance = 0,
): void {
  pair.forEach((backend, i) =>
    call(
      backend,
      inputs.map((twin) => twin.on[i]),
      outputs.map((twin) => twin.on[i]),
    ),
  )
  for (const output of outputs) expect(difference(pair, output, tolerance)).toBeNull()
}

const gelu = mapKernel('gelu', [dtypes.float32, dtypes.float32], 0, 'f32', [
  { expr: input(0).mul(input(0).div(1.4142135).erf().add(1)).mul(0.5).add(input(1)), dtype: dtypes.float32 },
])
const reduction = (combine: ReduceKernel['combine'], dtype = dtypes.float32): ReduceKernel => ({
  kind: 'reduce',
  id: nextKernelId(),
  name: combine,
  inputs: [dtype],
  paramCount: 0,
  compute: dtype.compute,
  combine,
  map: input(0).mul(input(0)),
  finish: input(0).sqrt(),
  output: dtype,
})

beforeAll(() => {
  const x = operand([two], 'float32', [10_000], 'dense', uniform).on
  for (const end = Date.now() + 10_000; two.threadStats().workers === 0 && Date.now() < end;)
    two.kernels.map(gelu, [x[0], x[0]], [], x)
  expect(two.threadStats().workers).toBe(1)
})

describe('as on one thread', () => {
  test('elementwise: dense, with a repeated row, transposed', () => {
    for (const shape of [[70_001], [33, 1001], [3, 5000]]) {
      agree([some(shape), some(shape)], [some(shape)], (b, x, y) => b.kernels.map(gelu, x, [], y))
      agree([some(shape), some(shape.slice(-1))], [some(shape)], (b, x, y) => b.kernels.map(gelu, x, [], y))
    }
    agree(
      [operand(pair, 'float32', [130, 70], 'transposed', uniform), some([130, 70])],
      [operand(pair, 'float32', [130, 70], 'sliced', uniform)],
      (b, x, y) => b.kernels.map(gelu, x, [], y),
    )
  })

  test('matrix products: rows, columns, batches', () => {
    for (const dtype of ['float32', 'float64'] as const) {
      for (const [b, m, k, n] of [
        [1, 200, 300, 70],
        [1, 24, 300, 500],
        [1, 1, 300, 500],
        [7, 40, 50, 60],
        [2, 40, 300, 60],
        [300, 9, 8, 7],
      ]) {
        for (const bias of [[], [some([n], dtype)], [some([b, m, n], dtype)]]) {
          agree(
            [some([b, m, k], dtype), some([b, k, n], dtype), ...bias],
            [some([b, m, n], dtype)],
            (backend, [x, y, added], [out]) => backend.kernels.matmul(x, y, added ?? null, out),
          )
        }
      }
    }
  })

  test('convolutions: images, or channels of one image', () => {
    for (const [batch, groups] of [
      [5, 1],
      [4, 2],
      [1, 1],
      [1, 2],
      [33, 1],
    ]) {
      const geometry = { stride: [1, 1], padding: [1, 1], dilation: [1, 1], groups }
      const [x, w, y] = [some([batch, 8, 11, 13]), some([10, 8 / groups, 3, 3]), some([batch, 10, 11, 13])]
      agree([x, w, some([10])], [some([batch, 10, 11, 13])], (b, [a, c, bias], [out]) =>
        b.kernels.convolution(a, c, bias, out, geometry),
      )
      agree([y, w], [some([batch, 8, 11, 13])], (b, [a, c], [out]) =>
        b.kernels.convolutionInput(a, c, out, geometry),
      )
      const gradient = some([10, 8 / groups, 3, 3])
      agree(
        [y, x],
        [gradient],
        (b, [a, c], [out]) => b.kernels.convolutionWeight(a, c, out, geometry),
        1e-2, // relative, for elements near 0 too
      )
    }
  })

  test('rows: softmax, sort, topk, kthvalue', () => {
    const x = some([37, 129])
    for (const log of [false, true]) {
      agree([x], [some([37, 129])], (b, [a], [out]) => b.fused!.softmax!(a, log, out))
      agree([x, some([37, 129])], [some([37, 129])], (b, [a, c], [out]) =>
        b.fused!.softmaxBackward!(c, a, log, out),
      )
    }
    const order = (n: number): Twin => operand(pair, 'int64', [37, n], 'dense', () => 0n)
    agree([x], [some([37, 129]), order(129)], (b, [a], [v, at]) => b.kernels.sort(a, 1, true, v, at))
    agree([x], [some([37, 5]), order(5)], (b, [a], [v, at]) => b.fused!.topk!(a, 5, true, true, v, at))
    let place = 0n
    const [long, places] = [some([37, 300]), operand(pair, 'int64', [37, 1], 'dense', () => (place += 7n))]
    agree([long, places], [some([37, 1]), order(1)], (b, [a, p], [v, at]) => b.fused!.kthvalue!(a, p, v, at))
  })

  test('reductions: results divided, or partial results combined', () => {
    for (const combine of ['sum', 'max'] as const) {
      const kernel = reduction(combine)
      const tolerance = combine === 'sum' ? 1e-6 : 0
      for (const [shape, kept] of [
        [[100_003], [1]],
        [
          [3000, 7],
          [1, 7],
        ],
        [
          [7, 3000],
          [7, 1],
        ],
        [
          [9, 6, 40, 40],
          [1, 6, 1, 1],
        ],
        [
          [50, 2, 900],
          [1, 2, 1],
        ],
      ]) {
        agree(
          [some(shape)],
          [some(kept)],
          (b, [x], [out]) => b.kernels.reduce(kernel, shape, [x], [], out),
          tolerance,
        )
      }
    }
  })
})

test('the same bits in every run, with workers or without', () => {
  const kernel = reduction('sum')
  const backends = [two, createCpuBackend({ threads: 2, grain: 0 })]
  const x = operand(backends, 'float32', [200_001], 'dense', uniform)
  const results = new Set<number>()
  for (let run = 0; run < 50; run++) {
    const out = operand(backends, 'float32', [1], 'dense', () => 0)
    backends.forEach((backend, i) => {
      backend.kernels.reduce(kernel, [200_001], [x.on[i]], [], out.on[i])
      results.add(Number(memoryOf(backend, out.on[i], 1)[0]))
    })
  }
  expect(results.size).toBe(1)
})

test('many small calls in turn, on two backends at once', () => {
  const backends = [two, createCpuBackend({ threads: 3, grain: 0 }), one]
  const sum = reduction('sum')
  for (let call = 0; call < 400; call++) {
    const n = 1 + below(600)
    const [x, y, z] = [0, 1, 2].map(() => operand(backends, 'float32', [4, n], 'dense', uniform))
    const totals = operand(backends, 'float32', [4, 1], 'dense', () => 0)
    const product = operand(backends, 'float32', [1, 4, 4], 'dense', () => 0)
    const batched = ({ storage, dtypeInfo, strides }: Operand, turned: boolean): Operand => ({
      storage,
      dtypeInfo,
      offset: 0,
      shape: turned ? [1, n, 4] : [1, 4, n],
      strides: turned ? [0, 1, strides[0]] : [0, strides[0], 1],
    })
    backends.forEach((b, i) => {
      b.kernels.map(gelu, [x.on[i], y.on[i]], [], [z.on[i]])
      b.kernels.reduce(sum, [4, n], [z.on[i]], [], totals.on[i])
      b.kernels.matmul(batched(x.on[i], false), batched(y.on[i], true), null, product.on[i])
    })
    for (const [twin, tolerance] of [
      [z, 0],
      [totals, 1e-6],
      [product, 1e-3],
    ] as const) {
      for (const k of [0, 1]) {
        const of = { ...twin, on: [twin.on[k], twin.on[2]] }
        expect(difference([backends[k], one], of, tolerance)).toBeNull()
      }
    }
    for (const twin of [x, y, z, totals, product])
      backends.forEach((b, i) => b.free(twin.on[i].storage.buffer))
  }
})

test('memory that grows while workers are there is theirs too', () => {
  const backend = createCpuBackend({ threads: 2, grain: 0 })
  const backends = [backend]
  const size = 1 << 20
  for (let round = 0; round < 12; round++) {
    // a program of its own each time, which workers get from the new memory
    const kernel = mapKernel('round', [dtypes.float32], 0, 'f32', [
      { expr: input(0).exp().add(round), dtype: dtypes.float32 },
    ])
    const x = operand(backends, 'float32', [size], 'dense', () => 0)
    const y = operand(backends, 'float32', [size], 'dense', () => 0)
    for (let repeat = 0; repeat < 20; repeat++) backend.kernels.map(kernel, x.on, [], y.on)
    const values = memoryOf(backend, y.on[0], size)
    expect((values as Float32Array).every((value) => value === 1 + round)).toBe(true)
  }
  expect(backend.memoryStats().heapBytes).toBeGreaterThan(64 * 2 ** 20)
  expect(backend.threadStats().partsByWorkers).toBeGreaterThan(0)
})

test('options are checked', () => {
  for (const threads of [0, 33, 1.5, NaN]) expect(() => createCpuBackend({ threads })).toThrow(ArgumentError)
  expect(() => createCpuBackend({ grain: -1 })).toThrow(ArgumentError)
  expect(createCpuBackend({ threads: 3 }).threadStats().threads).toBe(3)
  expect(createCpuBackend().threadStats().threads).toBe(Math.min(8, availableParallelism()))
  const world = globalThis as { crossOriginIsolated?: boolean }
  world.crossOriginIsolated = false
  try {
    expect(() => createCpuBackend({ threads: 2 })).toThrow(/Cross-Origin-Opener-Policy/)
    expect(createCpuBackend().threadStats().threads).toBe(1)
  } finally {
    delete world.crossOriginIsolated
  }
})
