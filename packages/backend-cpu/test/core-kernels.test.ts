// The kernels that are wired to AssemblyScript, against the reference backend: dtypes, layouts, errors.
import { describe, expect, test } from '@jest/globals'
import { dtypeList } from '@tt/tensor'
import type { Backend, DType, Operand } from '@tt/tensor'
import { below, cpu, difference, layouts, operand, reference } from './operands.ts'
import type { Layout, Twin } from './operands.ts'

const pair = [cpu, reference]
// backends never see complex dtypes: their parts are real
const names = dtypeList.filter((info) => info.component === null).map((info) => info.name)
const any = (): Layout => layouts[below(layouts.length)]
const some = (dtype: DType, shape: readonly number[]): Twin => operand(pair, dtype, shape, any())
const indices = (shape: readonly number[], size: number, negative = false): Twin =>
  operand(pair, 'int64', shape, any(), () => BigInt(below(size) - (negative && below(2) ? size : 0)))

type Call = (backend: Backend, inputs: readonly Operand[], outputs: readonly Operand[]) => void

/** Runs on both backends; the outputs, or the errors, must agree. */
function agree(inputs: readonly Twin[], outputs: readonly Twin[], call: Call): void {
  const errors = pair.map((backend, i) => {
    try {
      call(
        backend,
        inputs.map((twin) => twin.on[i]),
        outputs.map((twin) => twin.on[i]),
      )
      return null
    } catch (error) {
      return String(error)
    }
  })
  expect(errors[0]).toEqual(errors[1])
  for (const output of outputs) {
    const { itemSize, category } = output.on[0].dtypeInfo
    expect(difference(pair, output, category === 'float' ? (itemSize === 2 ? 2e-2 : 2e-5) : 0)).toBeNull()
  }
}

describe.each(names)('%s', (dtype) => {
  test('matmul', () => {
    for (const [b, m, n, k] of [
      [1, 3, 4, 5],
      [3, 7, 9, 2],
      [2, 1, 5, 8],
      [1, 17, 33, 20],
      [2, 3, 3, 0],
      [0, 2, 2, 2],
    ]) {
      const product: Call = (backend, [x, y, bias], [out]) => backend.kernels.matmul(x, y, bias ?? null, out)
      for (const bias of [null, [n], [b, m, n], [1, m, 1]]) {
        const inputs = [some(dtype, [b, m, k]), some(dtype, [b, k, n]), ...(bias ? [some(dtype, bias)] : [])]
        agree(inputs, [some(dtype, [b, m, n])], product)
      }
    }
  })

  const spatials = dtype === 'bool' ? [] : [[7], [6, 5], [4, 5, 3]]
  for (const spatial of spatials) {
    test(`convolution, ${spatial.length} spatial dims`, () => {
      for (let repeat = 0; repeat < 5; repeat++) {
        const groups = 1 + below(2)
        const geometry = {
          stride: spatial.map(() => 1 + below(2)),
          padding: spatial.map(() => below(2)),
          dilation: spatial.map(() => 1 + below(2)),
          groups,
        }
        const kernel = spatial.map(() => 1 + below(2))
        const out = spatial.map(
          (size, d) =>
            Math.floor(
              (size + 2 * geometry.padding[d] - geometry.dilation[d] * (kernel[d] - 1) - 1) /
                geometry.stride[d],
            ) + 1,
        )
        const [x, w, y] = [
          [2, 4, ...spatial],
          [6, 4 / groups, ...kernel],
          [2, 6, ...out],
        ]
        const bias = below(2) ? [some(dtype, [6])] : []
        agree([some(dtype, x), some(dtype, w), ...bias], [some(dtype, y)], (backend, [a, b, c], [o]) =>
          backend.kernels.convolution(a, b, c ?? null, o, geometry),
        )
        agree([some(dtype, y), some(dtype, w)], [some(dtype, x)], (backend, [a, b], [o]) =>
          backend.kernels.convolutionInput(a, b, o, geometry),
        )
        agree([some(dtype, y), some(dtype, x)], [some(dtype, w)], (backend, [a, b], [o]) =>
          backend.kernels.convolutionWeight(a, b, o, geometry),
        )
      }
    })
  }

  test('along a dim: argReduce, scan, sort', () => {
    for (const shape of [[5], [4, 6], [3, 4, 5], [2, 40]]) {
      for (let dim = 0; dim < shape.length; dim++) {
        for (const mode of ['max', 'min'] as const) {
          const lines = shape.with(dim, 1)
          agree(
            [some(dtype, shape)],
            [some('int64', lines), some(dtype, lines)],
            (backend, [x], [at, values]) => backend.kernels.argReduce(mode, x, dim, values, at),
          )
          agree(
            [some(dtype, shape)],
            [some(dtype, shape), some('int64', shape)],
            (backend, [x], [values, at]) => backend.kernels.scan(mode, x, dim, values, at),
          )
        }
        const total = dtypeList.find(({ name }) => name === dtype)!.category === 'float' ? dtype : 'int64'
        for (const mode of ['sum', 'prod'] as const) {
          agree([some(dtype, shape)], [some(total, shape)], (backend, [x], [out]) =>
            backend.kernels.scan(mode, x, dim, out, null),
          )
        }
        for (const descending of [false, true]) {
          agree(
            [some(dtype, shape)],
            [some(dtype, shape), some('int64', shape)],
            (backend, [x], [values, at]) => backend.kernels.sort(x, dim, descending, values, at),
          )
        }
      }
    }
  })

  test('gather and scatter', () => {
    for (const shape of [[5], [4, 6], [3, 4, 5]]) {
      for (let dim = 0; dim < shape.length; dim++) {
        const picked = shape.with(dim, 7)
        for (const beyond of [0, 1]) {
          agree(
            [some(dtype, shape), indices(picked, shape[dim] + beyond)],
            [some(dtype, picked)],
            (backend, [x, at], [out]) => backend.kernels.gather(x, dim, at, out),
          )
          for (const mode of ['sum', 'prod', 'amax', 'amin'] as const) {
            const source = some(
              dtype,
              picked.map((size) => size + 1),
            )
            agree(
              [indices(picked, shape[dim] + beyond), source],
              [some(dtype, shape)],
              (backend, [at, from], [out]) => backend.kernels.scatter(out, dim, at, from, mode),
            )
          }
        }
        // each place is written once, so that the order does not matter
        agree(
          [indices(shape.with(dim, 1), shape[dim]), some(dtype, shape)],
          [some(dtype, shape)],
          (backend, [at, from], [out]) => backend.kernels.scatter(out, dim, at, from, 'set'),
        )
      }
    }
  })

  test('advanced indexing', () => {
    const sizes = [4, 5, 6]
    const forms: [dims: number[], where: number, at: number[]][] = [
      [[0], 0, [3]],
      [[1], 1, [2, 3]],
      [[0, 1], 0, [4]],
      [[0, 2], 0, [2, 2]],
      [[1, 2], 1, [3]],
      [[0, 1, 2], 0, [5]],
    ]
    for (const [dims, where, at] of forms) {
      for (const beyond of [0, 1]) {
        const given = dims.map((d) => indices(at, sizes[d] + beyond, true))
        const kept = sizes.filter((_, d) => !dims.includes(d))
        const picked = [...kept.slice(0, where), ...at, ...kept.slice(where)]
        const spread = (of: readonly Operand[]): (Operand | null)[] =>
          sizes.map((_, d) => of[dims.indexOf(d)] ?? null)
        agree([some(dtype, sizes), ...given], [some(dtype, picked)], (backend, [x, ...of], [out]) =>
          backend.kernels.indexGet(x, spread(of), where, out),
        )
        agree([some(dtype, picked), ...given], [some(dtype, sizes)], (backend, [source, ...of], [out]) =>
          backend.kernels.indexPut(out, spread(of), where, source, true),
        )
        const ones = operand(pair, dtype, picked, any(), () => (dtype === 'int64' ? 1n : 1))
        agree([ones, ...given], [some(dtype, sizes)], (backend, [source, ...of], [out]) =>
          backend.kernels.indexPut(out, spread(of), where, source, false),
        )
      }
    }
  })
})
