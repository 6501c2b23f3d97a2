// 3-d convolution of floats as 2-d ones: for each plane of the kernel, one convolution of all the planes it meets.
import { input, mapKernel, param } from '@tt/tensor'
import type { ConvolutionGeometry, CoreKernels, DTypeInfo, MapKernel, Operand } from '@tt/tensor'
import { denseStrides } from './temporaries.ts'
import type { Temporaries } from './temporaries.ts'

type Convolutions = Pick<CoreKernels, 'convolution' | 'convolutionInput' | 'convolutionWeight'>

const adds: (MapKernel | undefined)[] = []
const fills: (MapKernel | undefined)[] = []
const addKernel = (dtype: DTypeInfo): MapKernel =>
  (adds[dtype.index] ??= mapKernel('add', [dtype, dtype], 0, dtype.compute, [
    { expr: input(0).add(input(1)), dtype },
  ]))
const fillKernel = (dtype: DTypeInfo): MapKernel =>
  (fills[dtype.index] ??= mapKernel('fill', [], 1, dtype.compute, [{ expr: param(0), dtype }]))

/** Planes `start`, `start + step`, ... of [N, C, D, H, W], as [N, count, C, H, W]. */
function planes(operand: Operand, start: number, count: number, step: number): Operand {
  const {
    storage,
    dtypeInfo,
    shape: [n, c, , h, w],
    strides: s,
    offset,
  } = operand
  return {
    storage,
    dtypeInfo,
    shape: [n, count, c, h, w],
    strides: [s[0], s[2] * step, s[1], s[3], s[4]],
    offset: offset + start * s[2],
  }
}

/** One plane of the kernel, [Cout, Cin / groups, H, W]. */
function kernelPlane(weight: Operand, k: number): Operand {
  const { storage, dtypeInfo, shape, strides, offset } = weight
  return {
    storage,
    dtypeInfo,
    shape: shape.toSpliced(2, 1),
    strides: strides.toSpliced(2, 1),
    offset: offset + k * strides[2],
  }
}

// [N, count, ...], dense, as [N · count, ...].
function merged({ storage, dtypeInfo, shape, offset }: Operand): Operand {
  const joined = [shape[0] * shape[1], ...shape.slice(2)]
  return { storage, dtypeInfo, shape: joined, strides: denseStrides(joined), offset }
}

/** The 3-d kernels, from 2-d ones. */
export function createVolumeConvolution(
  flat: Convolutions,
  map: CoreKernels['map'],
  temporaries: () => Temporaries,
): Convolutions {
  const fill = (out: Operand): void => map(fillKernel(out.dtypeInfo), [], [0], [out])
  const add = (target: Operand, values: Operand): void =>
    map(addKernel(target.dtypeInfo), [target, values], [], [target])

  /** Calls `body` for each plane k of the kernel with the planes of the input and the output that it joins. */
  function eachPlane(
    x: Operand,
    w: Operand,
    y: Operand,
    { stride: [s], padding: [p], dilation: [d] }: ConvolutionGeometry,
    body: (t: Temporaries, k: number, xs: Operand, ys: Operand) => void,
  ): void {
    for (let k = 0; k < w.shape[2]; k++) {
      const shift = k * d - p // output plane o reads input plane o · s + shift
      const first = Math.max(0, Math.ceil(-shift / s))
      const last = Math.min(y.shape[2] - 1, Math.floor((x.shape[2] - 1 - shift) / s))
      const count = last - first + 1
      if (count > 0) {
        temporaries().run((t) =>
          body(t, k, planes(x, first * s + shift, count, s), planes(y, first, count, 1)),
        )
      }
    }
  }

  const flatGeometry = ({ stride, padding, dilation, groups }: ConvolutionGeometry): ConvolutionGeometry => ({
    stride: stride.slice(1),
    padding: padding.slice(1),
    dilation: dilation.slice(1),
    groups,
  })

  return {
    convolution(input, weight, bias, out, geometry) {
      temporaries().run((t) => {
        const [x, w, y] = [t.native(input), t.native(weight), t.result(out)]
        if (bias === null) fill(y)
        else
          t.copy(
            { ...windowOf(bias), shape: [bias.shape[0], 1, 1, 1], strides: [bias.strides[0], 1, 1, 1] },
            y,
          )
        eachPlane(x, w, y, geometry, (inner, k, xs, ys) => {
          const part = inner.empty(ys.shape, y.dtypeInfo)
          flat.convolution(
            merged(inner.dense(xs)),
            kernelPlane(w, k),
            null,
            merged(part),
            flatGeometry(geometry),
          )
          add(ys, part)
        })
      })
    },
    convolutionInput(gradient, weight, out, geometry) {
      temporaries().run((t) => {
        const [dy, w, dx] = [t.native(gradient), t.native(weight), t.result(out)]
        fill(dx)
        eachPlane(dx, w, dy, geometry, (inner, k, xs, ys) => {
          const part = inner.empty(xs.shape, dx.dtypeInfo)
          flat.convolutionInput(
            merged(inner.dense(ys)),
            kernelPlane(w, k),
            merged(part),
            flatGeometry(geometry),
          )
          add(xs, part)
        })
      })
    },
    convolutionWeight(gradient, input, out, geometry) {
      temporaries().run((t) => {
        const [dy, x, dw] = [t.native(gradient), t.native(input), t.result(out)]
        fill(dw)
        eachPlane(x, dw, dy, geometry, (inner, k, xs, ys) =>
          flat.convolutionWeight(
            merged(inner.dense(ys)),
            merged(inner.dense(xs)),
            kernelPlane(dw, k),
            flatGeometry(geometry),
          ),
        )
      })
    },
  }
}

const windowOf = ({
  storage,
  dtypeInfo,
  offset,
}: Operand): Pick<Operand, 'storage' | 'dtypeInfo' | 'offset'> => ({ storage, dtypeInfo, offset })
