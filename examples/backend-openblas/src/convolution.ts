// Convolutions as matrix products: the windows of the input are copied out as columns (im2col), chunk by chunk.
import { numelOf } from '@tt/tensor'
import type { ConvolutionGeometry, CoreKernels, Operand } from '@tt/tensor'
import type { CpuBackend } from '@tt/backend-cpu'
import { takes } from './matmul.ts'
import type { Products } from './matmul.ts'
import { isDense } from './operands.ts'
import type { Workspace } from './operands.ts'
import {
  asColumns,
  asWindows,
  atTap,
  flippedLast,
  imageOf,
  imagesOf,
  interior,
  isPointwise,
  outputMatrix,
  perChannel,
  sizesOf,
  weightMatrix,
  windows,
} from './windows.ts'
import type { Sizes } from './windows.ts'

type Convolutions = Pick<CoreKernels, 'convolution' | 'convolutionInput' | 'convolutionWeight'>

/** Bytes of columns that are made at once: they should still be in the cache when they are multiplied. */
const chunkBytes = 2 ** 20

/** Output channels of a group, and rows of columns, from which on a product is faster than the cpu backend's kernels. */
const least = 24

/**
 * The convolution kernels. Other dtypes stay with the cpu backend, and so do small kernels, unless `always` is set.
 */
export function createConvolution(
  cpu: CpuBackend,
  products: Products,
  work: Workspace,
  always: boolean,
): Convolutions {
  const pays = (weight: Operand, { groups }: ConvolutionGeometry): boolean =>
    takes(weight) &&
    (always || (weight.shape[0] >= least * groups && numelOf(weight.shape.slice(1)) >= least))

  /** Calls `body` with the input and zeros around it. */
  function padded(x: Operand, padding: readonly number[], body: (padded: Operand) => void): void {
    if (padding.every((size) => size === 0)) return body(x)
    const shape = [...x.shape.slice(0, 2), ...padding.map((size, d) => x.shape[2 + d] + 2 * size)]
    work.temporary(shape, x.dtypeInfo, (wide) => {
      work.fillZeros(wide)
      work.copy(x, interior(wide, x.shape, padding))
      body(wide)
    })
  }

  /** Calls `body` for ranges of images with their columns, [images, group, channels · taps, places]. */
  function inChunks(
    { x, weight, places, groups }: Sizes,
    body: (start: number, columns: Operand) => void,
  ): void {
    const rows = numelOf(weight.shape.slice(1))
    const each = groups * rows * numelOf(places)
    const images = x.shape[0]
    const step = Math.min(images, Math.max(1, Math.floor(chunkBytes / (each * x.dtypeInfo.itemSize))))
    work.temporary([step, groups, rows, numelOf(places)], x.dtypeInfo, (columns) => {
      for (let start = 0; start < images; start += step) {
        const count = Math.min(step, images - start)
        body(start, count === step ? columns : imagesOf(columns, 0, count))
      }
    })
  }

  return {
    convolution(input, weight, bias, out, geometry) {
      if (!pays(weight, geometry)) return cpu.kernels.convolution(input, weight, bias, out, geometry)
      if (out.shape.includes(0)) return
      work.copied(weight, isDense(weight), (w) =>
        work.result(out, (y) => {
          if (bias !== null) work.copy(perChannel(bias, y), y)
          padded(input, geometry.padding, (x) => {
            const sizes = sizesOf(x, w, y, geometry)
            if (isPointwise(geometry, w) && isDense(x))
              return multiply(sizes, w, asColumns(x, geometry.groups), y, bias !== null)
            inChunks(sizes, (start, columns) => {
              work.copy(windows(sizes, geometry, start, columns), asWindows(sizes, columns))
              multiply(sizes, w, columns, imagesOf(y, start, columns.shape[0]), bias !== null)
            })
          })
        }),
      )
    },

    convolutionWeight(gradient, input, out, geometry) {
      if (!pays(out, geometry)) return cpu.kernels.convolutionWeight(gradient, input, out, geometry)
      if (out.shape.includes(0)) return
      work.copied(gradient, isDense(gradient), (dy) =>
        work.result(out, (dw) =>
          padded(input, geometry.padding, (x) => {
            const sizes = sizesOf(x, dw, dy, geometry)
            const add = (start: number, columns: Operand): void => {
              for (let i = 0; i < columns.shape[0]; i++) {
                // [groups, Cout / groups, places] · [groups, places, channels · taps], summed over the images
                const [left, right] = [outputMatrix(dy, start + i, sizes), imageOf(columns, i)]
                products(left, flippedLast(right), weightMatrix(dw, sizes), start + i > 0)
              }
            }
            if (isPointwise(geometry, dw) && isDense(x)) return add(0, asColumns(x, geometry.groups))
            inChunks(sizes, (start, columns) => {
              work.copy(windows(sizes, geometry, start, columns), asWindows(sizes, columns))
              add(start, columns)
            })
          }),
        ),
      )
    },

    convolutionInput(gradient, weight, out, geometry) {
      if (!pays(weight, geometry)) return cpu.kernels.convolutionInput(gradient, weight, out, geometry)
      if (out.shape.includes(0)) return
      const { padding } = geometry
      work.copied(weight, isDense(weight), (w) =>
        work.copied(gradient, isDense(gradient), (dy) => {
          const wide = [...out.shape.slice(0, 2), ...padding.map((size, d) => out.shape[2 + d] + 2 * size)]
          const scatter = (dx: Operand): void => {
            work.fillZeros(dx)
            const sizes = sizesOf(dx, w, dy, geometry)
            inChunks(sizes, (start, columns) => {
              for (let i = 0; i < columns.shape[0]; i++) {
                // [groups, channels · taps, Cout / groups] · [groups, Cout / groups, places]
                const left = flippedLast(weightMatrix(w, sizes))
                products(left, outputMatrix(dy, start + i, sizes), imageOf(columns, i), false)
              }
              addWindows(asWindows(sizes, columns), windows(sizes, geometry, start, columns), sizes)
            })
          }
          if (padding.every((size) => size === 0)) return work.result(out, scatter)
          work.temporary(wide, out.dtypeInfo, (dx) => {
            scatter(dx)
            work.copy(interior(dx, out.shape, padding), out)
          })
        }),
      )
    },
  }

  /** `y[image, group] (+)= w[group] · columns[image, group]`. */
  function multiply(sizes: Sizes, w: Operand, columns: Operand, y: Operand, accumulate: boolean): void {
    const left = weightMatrix(w, sizes)
    for (let i = 0; i < columns.shape[0]; i++)
      products(left, imageOf(columns, i), outputMatrix(y, i, sizes), accumulate)
  }

  /** Adds columns to where their windows lie, tap by tap: windows of one tap do not overlap. */
  function addWindows(columns: Operand, target: Operand, { weight, spatial }: Sizes): void {
    const taps = weight.shape.slice(2)
    for (let tap = 0; tap < numelOf(taps); tap++) {
      let rest = tap
      const index = taps.map(() => 0)
      for (let d = spatial - 1; d >= 0; d--) {
        index[d] = rest % taps[d]
        rest = Math.floor(rest / taps[d])
      }
      const [from, to] = [columns, target].map((operand) => atTap(operand, index))
      work.add(to, from, to)
    }
  }
}
