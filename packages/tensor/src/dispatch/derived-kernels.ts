// Core kernels that follow from map and reduce: a backend may begin with these, and write its own where speed matters.
import type { Backend } from '../backend/backend.ts'
import type { ConvolutionGeometry, CoreKernels, Operand, ReduceKernel } from '../backend/kernels.ts'
import type { DTypeInfo } from '../dtype.ts'
import { constant, input } from '../expr/expr.ts'
import { contiguousStrides, numelOf } from '../shape/shape.ts'
import { mapKernel, nextKernelId } from './pointwise-record.ts'

/** The kernels that derivedKernels makes. */
export type DerivedKernels = Pick<
  CoreKernels,
  'matmul' | 'convolution' | 'convolutionInput' | 'convolutionWeight'
>

/**
 * Matrix products and convolutions out of `map` and `reduce`: windows on the operands, multiplied and summed. They are
 * as slow as that sounds, and right.
 *
 * @param backend allocates the temporaries; its `map` and `reduce` do the work
 * @returns kernels to spread into those of a backend
 * @example
 * const { map, reduce, ...rest } = createReferenceBackend().kernels
 * const backend = createReferenceBackend()
 * registerBackend({ ...backend, kernels: { ...rest, map, reduce, ...derivedKernels({ ...backend, kernels: { map, reduce } }) } })
 * const x = tensor([[1, 2], [3, 4]], { device: 'reference' })
 * x.matmul(x).tolist() // => [[7, 10], [15, 22]]
 */
export function derivedKernels(
  backend: Pick<Backend, 'allocate' | 'free'> & { readonly kernels: Pick<CoreKernels, 'map' | 'reduce'> },
): DerivedKernels {
  const { map, reduce } = backend.kernels

  /** `out = Σ x·y (+ bias)`; the three windows lie in `shape`, and out has size 1 where it is summed over. */
  function sumProducts(shape: readonly number[], x: Operand, y: Operand, out: Operand): void {
    reduce(productsOf(out.dtypeInfo), shape, [x, y], [], out)
  }
  const add = (x: Operand, bias: Operand | null, out: Operand): void => {
    if (bias !== null) map(sumOf(out.dtypeInfo), [x, bias], [], [out])
  }
  /** Calls `body` with a new operand. */
  function temporary(shape: readonly number[], dtypeInfo: DTypeInfo, body: (operand: Operand) => void): void {
    const buffer = backend.allocate(numelOf(shape) * dtypeInfo.itemSize)
    try {
      body({ storage: { buffer }, dtypeInfo, shape, strides: contiguousStrides(shape), offset: 0 })
    } finally {
      backend.free(buffer)
    }
  }
  /** Calls `body` with the elements `step` apart in each spatial dim, and zeros around and between them. */
  function spread(
    x: Operand,
    before: readonly number[],
    step: readonly number[],
    sizes: readonly number[],
    body: (operand: Operand) => void,
  ): void {
    temporary([x.shape[0], x.shape[1], ...sizes], x.dtypeInfo, (padded) => {
      map(zeroOf(x.dtypeInfo), [], [], [padded])
      const [outer, inner] = [padded.strides.slice(0, 2), padded.strides.slice(2)]
      const strides = [...outer, ...inner.map((stride, d) => stride * step[d])]
      const offset = inner.reduce((sum, stride, d) => sum + stride * before[d], 0)
      map(copyOf(x.dtypeInfo), [x], [], [{ ...padded, shape: x.shape, strides, offset }])
      body(padded)
    })
  }
  const padded = (x: Operand, { padding }: ConvolutionGeometry, body: (operand: Operand) => void): void => {
    if (padding.every((size) => size === 0)) return body(x)
    const sizes = padding.map((size, d) => x.shape[2 + d] + 2 * size)
    spread(
      x,
      padding,
      padding.map(() => 1),
      sizes,
      body,
    )
  }

  return {
    matmul(a, b, bias, out) {
      const [[batches, m, n], k] = [out.shape, a.shape[2]]
      const product = (target: Operand): void =>
        sumProducts(
          [batches, m, n, k],
          windowOn(a, [batches, m, 1, k], [a.strides[0], a.strides[1], 0, a.strides[2]]),
          windowOn(b, [batches, 1, n, k], [b.strides[0], 0, b.strides[2], b.strides[1]]),
          windowOn(target, [batches, m, n, 1], [...target.strides, 0]),
        )
      if (bias === null || bias.storage.buffer !== out.storage.buffer) {
        product(out)
        add(out, bias, out)
        return
      }
      // it may be the output itself, which must not be overwritten before it was read
      temporary(out.shape, out.dtypeInfo, (sum) => {
        product(sum)
        add(sum, bias, out)
      })
    },
    convolution(x, weight, bias, out, geometry) {
      const { images, groups, outer, inner, places, taps } = sizesOf(x, weight, out, geometry)
      const [ones, zeros] = [places.map(() => 1), places.map(() => 0)]
      padded(x, geometry, (source) =>
        sumProducts(
          [images, groups, outer, ...places, inner, ...taps],
          windowOn(
            source,
            [images, groups, 1, ...places, inner, ...taps],
            [
              source.strides[0],
              source.strides[1] * inner,
              0,
              ...steps(source, geometry.stride),
              source.strides[1],
              ...steps(source, geometry.dilation),
            ],
          ),
          windowOn(
            weight,
            [1, groups, outer, ...ones, inner, ...taps],
            [0, weight.strides[0] * outer, weight.strides[0], ...zeros, ...weight.strides.slice(1)],
          ),
          windowOn(
            out,
            [images, groups, outer, ...places, 1, ...ones],
            [out.strides[0], out.strides[1] * outer, out.strides[1], ...out.strides.slice(2), 0, ...zeros],
          ),
        ),
      )
      add(out, bias && windowOn(bias, [1, bias.shape[0], ...ones], [0, bias.strides[0], ...zeros]), out)
    },
    convolutionWeight(gradient, x, out, geometry) {
      const { images, groups, outer, inner, places, taps } = sizesOf(x, out, gradient, geometry)
      const [ones, zeros] = [places.map(() => 1), places.map(() => 0)]
      padded(x, geometry, (source) =>
        sumProducts(
          [groups, outer, inner, ...taps, images, ...places],
          windowOn(
            source,
            [groups, 1, inner, ...taps, images, ...places],
            [
              source.strides[1] * inner,
              0,
              source.strides[1],
              ...steps(source, geometry.dilation),
              source.strides[0],
              ...steps(source, geometry.stride),
            ],
          ),
          windowOn(
            gradient,
            [groups, outer, 1, ...ones, images, ...places],
            [
              gradient.strides[1] * outer,
              gradient.strides[1],
              0,
              ...zeros,
              gradient.strides[0],
              ...gradient.strides.slice(2),
            ],
          ),
          windowOn(
            out,
            [groups, outer, inner, ...taps, 1, ...ones],
            [out.strides[0] * outer, ...out.strides, 0, ...zeros],
          ),
        ),
      )
    },
    // dx[i] = Σ g[o]·w[k] where i = o·stride − padding + k·dilation: the gradient, its elements `stride` apart, is
    // convolved with the flipped weight.
    convolutionInput(gradient, weight, out, geometry) {
      const { images, groups, outer, inner, taps } = sizesOf(out, weight, gradient, geometry)
      const { stride, padding, dilation } = geometry
      const places = out.shape.slice(2)
      const [ones, zeros] = [places.map(() => 1), places.map(() => 0)]
      const reach = taps.map((size, d) => (size - 1) * dilation[d])
      const sizes = places.map((size, d) => size + padding[d] + Math.max(reach[d], padding[d]))
      spread(gradient, reach, stride, sizes, (source) =>
        temporary(weight.shape, weight.dtypeInfo, (flipped) => {
          flip(weight, flipped)
          const start = padding.reduce((sum, size, d) => sum + size * source.strides[2 + d], 0)
          sumProducts(
            [images, groups, inner, ...places, outer, ...taps],
            windowOn(
              source,
              [images, groups, 1, ...places, outer, ...taps],
              [
                source.strides[0],
                source.strides[1] * outer,
                0,
                ...source.strides.slice(2),
                source.strides[1],
                ...steps(source, dilation),
              ],
              start,
            ),
            windowOn(
              flipped,
              [1, groups, inner, ...ones, outer, ...taps],
              [
                0,
                flipped.strides[0] * outer,
                flipped.strides[1],
                ...zeros,
                flipped.strides[0],
                ...flipped.strides.slice(2),
              ],
            ),
            windowOn(
              out,
              [images, groups, inner, ...places, 1, ...ones],
              [out.strides[0], out.strides[1] * inner, out.strides[1], ...out.strides.slice(2), 0, ...zeros],
            ),
          )
        }),
      )
    },
  }

  /** Copies `weight` with its spatial dims turned round, tap by tap: strides may not be negative. */
  function flip(weight: Operand, flipped: Operand): void {
    const taps = weight.shape.slice(2)
    for (let tap = 0; tap < numelOf(taps); tap++) {
      let [rest, from, to] = [tap, 0, 0]
      for (let d = taps.length - 1; d >= 0; d--) {
        const place = rest % taps[d]
        rest = Math.floor(rest / taps[d])
        from += place * weight.strides[2 + d]
        to += (taps[d] - 1 - place) * flipped.strides[2 + d]
      }
      const tapOf = (operand: Operand, start: number): Operand =>
        windowOn(operand, operand.shape.slice(0, 2), operand.strides.slice(0, 2), start)
      map(copyOf(weight.dtypeInfo), [tapOf(weight, from)], [], [tapOf(flipped, to)])
    }
  }
}

/** Another window on the memory of an operand, `start` elements after its first one. */
const windowOn = (
  { storage, dtypeInfo, offset }: Operand,
  shape: readonly number[],
  strides: readonly number[],
  start = 0,
): Operand => ({ storage, dtypeInfo, shape, strides, offset: offset + start })

/** The strides of the spatial dims, times a step in each. */
const steps = ({ strides }: Operand, of: readonly number[]): number[] =>
  of.map((step, d) => step * strides[2 + d])

/** The sizes of a convolution's operands: outer and inner are output and input channels of a group. */
const sizesOf = (x: Operand, weight: Operand, out: Operand, { groups }: ConvolutionGeometry) => ({
  images: x.shape[0],
  groups,
  outer: weight.shape[0] / groups,
  inner: weight.shape[1],
  places: out.shape.slice(2),
  taps: weight.shape.slice(2),
})

/** One kernel for each dtype, made when first asked for. */
function forEachDtype<Kernel>(make: (dtype: DTypeInfo) => Kernel): (dtype: DTypeInfo) => Kernel {
  const made: Kernel[] = []
  return (dtype) => (made[dtype.index] ??= make(dtype))
}
const zeroOf = forEachDtype((dtype) =>
  mapKernel('zero', [], 0, dtype.compute, [{ expr: constant(0), dtype }]),
)
const copyOf = forEachDtype((dtype) =>
  mapKernel('copy', [dtype], 0, dtype.compute, [{ expr: input(0), dtype }]),
)
const sumOf = forEachDtype((dtype) =>
  mapKernel('add', [dtype, dtype], 0, dtype.compute, [{ expr: input(0).add(input(1)), dtype }]),
)
const productsOf = forEachDtype((dtype): ReduceKernel => ({
  kind: 'reduce',
  id: nextKernelId(),
  name: 'products',
  inputs: [dtype, dtype],
  paramCount: 0,
  compute: dtype.compute,
  combine: 'sum',
  map: input(0).mul(input(1)),
  finish: null,
  output: dtype,
}))
