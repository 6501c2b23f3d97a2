// Pooling to a given size: adaptive average and max pooling, and max unpooling.
import { withGradMode } from '../dispatch/hook.ts'
import { applyAll, applyComposite, composite, structured } from '../dispatch/structured.ts'
import { checkSpatialInput, spatialSizes } from '../dispatch/window.ts'
import type { Sizes } from '../dispatch/window.ts'
import { dtypes } from '../dtype.ts'
import { ArgumentError, DTypeError, ShapeError, check } from '../errors.ts'
import { formatShape, numelOf, sameShape } from '../shape/shape.ts'
import { newTensor } from '../tensor.ts'
import type { Tensor } from '../tensor.ts'
import { tensor, zeros } from './creation.ts'
import { matmul } from './matmul.ts'
import { avgPool2d, avgPool3d } from './avg-pool.ts'
import { mul } from './arithmetic.ts'
import { contiguous } from './copy.ts'
import { scatter } from './scatter.ts'
import { expand, reshape, squeeze, transpose, unsqueeze, view } from './views.ts'

/** A size for each spatial dim; null keeps that of the input. */
export type OutputSize = number | null | readonly (number | null)[]

/** Attributes: the size of the result along each spatial dim. */
export interface AdaptiveAttrs {
  readonly counts: readonly number[]
}

const firstOf = (i: number, size: number, count: number): number => Math.floor((i * size) / count)
const endOf = (i: number, size: number, count: number): number => Math.ceil(((i + 1) * size) / count)

const adaptiveAvg = (rank: number) =>
  composite<AdaptiveAttrs>({
    name: `adaptiveAvgPool${rank}d`,
    gradName: `AdaptiveAvgPool${rank}DBackward0`,
    decompose: ([self], { counts }) => {
      const size = self.shape.slice(2)
      if (self.shape[0] > 0 && size.every((n, i) => counts[i] > 0 && n % counts[i] === 0)) {
        return [
          (rank === 2 ? avgPool2d : avgPool3d)(
            self,
            size.map((n, i) => n / counts[i]),
          ),
        ]
      }
      // One product per dim with the matrix that holds 1 / length where the window is.
      return [
        size.reduce(
          (x, n, i) => {
            const weights = Array.from({ length: n }, (_, from) =>
              Array.from({ length: counts[i] }, (_column, to) => {
                const [start, end] = [firstOf(to, n, counts[i]), endOf(to, n, counts[i])]
                return from >= start && from < end ? 1 / (end - start) : 0
              }),
            )
            const matrix = reshape(tensor(weights, { dtype: self.dtype, device: self.device }), [
              n,
              counts[i],
            ])
            return transpose(matmul(transpose(x, i + 2, -1), matrix), i + 2, -1)
          },
          mul(self, 1),
        ),
      ]
    },
  })
/** adaptiveAvgPool2d. */
export const adaptiveAvgPool2dOp = adaptiveAvg(2)
/** adaptiveAvgPool3d. */
export const adaptiveAvgPool3dOp = adaptiveAvg(3)

const adaptiveMax = (rank: number) =>
  structured<AdaptiveAttrs>({
    name: `adaptiveMaxPool${rank}d`,
    gradName: `AdaptiveMaxPool${rank}DBackward0`,
    infer: ([self], { counts }) => {
      const shape = [self.shape[0], self.shape[1], ...counts]
      return [
        { shape, dtype: self.dtypeInfo },
        { shape, dtype: dtypes.int64 },
      ]
    },
    run: (backend, [self], { counts }, [values, indices]) => {
      if (values.elementCount === 0 || backend.device === 'meta') return
      withGradMode(false, () => {
        const size = self.shape.slice(2)
        const planes = self.shape[0] * self.shape[1]
        const table = windowTable(size, counts) // [windows, positions of the plane]
        const [windows, reach] = [table.length, table[0].length]
        const positions = tensor(BigInt64Array.from(table.flat(), BigInt), { device: self.device }).view([
          windows,
          reach,
        ])
        const all = newTensor(backend, self.dtypeInfo, [planes, windows, reach])
        backend.kernels.indexGet(view(contiguous(self), [planes, -1]), [null, positions], 1, all)
        const local = newTensor(backend, dtypes.int64, [planes, windows, 1])
        backend.kernels.argReduce('max', all, 2, view(values, [planes, windows, 1]), local)
        backend.kernels.gather(
          expand(unsqueeze(positions, 0), [planes, windows, reach]),
          2,
          local,
          view(indices, [planes, windows, 1]),
        )
      })
    },
  })
/** adaptiveMaxPool2d: outputs are the values and their positions in the plane; differentiated by maxPoolBackward. */
export const adaptiveMaxPool2dOp = adaptiveMax(2)
/** adaptiveMaxPool3d. */
export const adaptiveMaxPool3dOp = adaptiveMax(3)

/** For each window the positions it covers in the flattened plane; shorter windows repeat their last position. */
function windowTable(size: readonly number[], counts: readonly number[]): number[][] {
  let table = [[0]]
  size.forEach((n, d) => {
    const longest = Math.max(
      ...Array.from({ length: counts[d] }, (_, i) => endOf(i, n, counts[d]) - firstOf(i, n, counts[d])),
    )
    const windows = Array.from({ length: counts[d] }, (_, i) =>
      Array.from({ length: longest }, (_p, j) =>
        Math.min(firstOf(i, n, counts[d]) + j, endOf(i, n, counts[d]) - 1),
      ),
    )
    table = table.flatMap((outer) =>
      windows.map((inner) => outer.flatMap((base) => inner.map((at) => base * n + at))),
    )
  })
  return table
}

function adaptive(
  op: string,
  rank: 1 | 2 | 3,
  self: Tensor,
  outputSize: OutputSize,
  run: (x: Tensor, counts: number[]) => readonly Tensor[],
): readonly Tensor[] {
  checkSpatialInput(op, self, rank)
  check(
    self.dtypeInfo.category === 'float',
    () => new DTypeError(op, `the input must be floating-point, got ${self.dtype}`),
  )
  const size = self.shape.slice(self.ndim - rank)
  const list =
    typeof outputSize === 'number' || outputSize === null
      ? size.map(() => outputSize)
      : outputSize.length === 1
        ? size.map(() => outputSize[0])
        : outputSize
  check(
    list.length === rank && list.every((n) => n === null || (Number.isInteger(n) && n >= 0)),
    () =>
      new ArgumentError(
        op,
        `outputSize must be an integer of at least 0, or ${rank} of them, got [${list.join(', ')}]`,
      ),
  )
  const counts = list.map((n, i) => n ?? size[i])
  const batched = self.ndim === rank + 2 ? self : unsqueeze(self, 0)
  const results =
    rank === 1 ? run(unsqueeze(batched, -2), [1, ...counts]).map((x) => squeeze(x, -2)) : run(batched, counts)
  return self.ndim === rank + 2 ? results : results.map((x) => squeeze(x, 0))
}
const average = (op: string, rank: 1 | 2 | 3, self: Tensor, outputSize: OutputSize): Tensor =>
  adaptive(op, rank, self, outputSize, (x, counts) =>
    applyComposite(rank === 3 ? adaptiveAvgPool3dOp : adaptiveAvgPool2dOp, [x], { counts }),
  )[0]

/**
 * The means of `outputSize` windows that cover one spatial dim.
 *
 * @example
 * adaptiveAvgPool1d(tensor([[1, 2, 3, 4]]), 2).tolist() // => [[1.5, 3.5]]
 * @see torch.nn.functional.adaptive_avg_pool1d
 */
export const adaptiveAvgPool1d = (input: Tensor, outputSize: OutputSize): Tensor =>
  average('adaptiveAvgPool1d', 1, input, outputSize)
/**
 * The means of windows that cover both spatial dims, as many as `outputSize` says.
 *
 * @param input [N, C, H, W] or [C, H, W]
 * @param outputSize of the result; null keeps a size
 * @example
 * adaptiveAvgPool2d(ones([1, 3, 7, 7]), [2, 1]).shape // => [1, 3, 2, 1]
 * @see torch.nn.functional.adaptive_avg_pool2d
 */
export const adaptiveAvgPool2d = (input: Tensor, outputSize: OutputSize): Tensor =>
  average('adaptiveAvgPool2d', 2, input, outputSize)
/**
 * The means of windows that cover three spatial dims.
 *
 * @example
 * adaptiveAvgPool3d(ones([1, 3, 4, 4, 4]), 2).shape // => [1, 3, 2, 2, 2]
 * @see torch.nn.functional.adaptive_avg_pool3d
 */
export const adaptiveAvgPool3d = (input: Tensor, outputSize: OutputSize): Tensor =>
  average('adaptiveAvgPool3d', 3, input, outputSize)

/** Option of adaptive max pooling: whether to answer `[values, indices]`; as in PyTorch it may be given alone. */
export type AdaptiveMaxPoolOptions = boolean | { returnIndices?: boolean }
type Pooled<O> = O extends true | { returnIndices: true } ? readonly [Tensor, Tensor] : Tensor
function largest<O extends AdaptiveMaxPoolOptions>(
  op: string,
  rank: 1 | 2 | 3,
  self: Tensor,
  outputSize: OutputSize,
  options: O,
): Pooled<O> {
  const results = adaptive(op, rank, self, outputSize, (x, counts) =>
    applyAll(rank === 3 ? adaptiveMaxPool3dOp : adaptiveMaxPool2dOp, [x], { counts }),
  )
  const both = typeof options === 'object' ? options.returnIndices : options
  return (both ? results : results[0]) as Pooled<O>
}
/**
 * The largest elements of windows that cover one spatial dim.
 *
 * @example
 * adaptiveMaxPool1d(tensor([[1, 2, 3, 4]]), 2).tolist() // => [[2, 4]]
 * @see torch.nn.functional.adaptive_max_pool1d
 */
export const adaptiveMaxPool1d = <const O extends AdaptiveMaxPoolOptions = false>(
  input: Tensor,
  outputSize: OutputSize,
  options: O = false as O,
): Pooled<O> => largest('adaptiveMaxPool1d', 1, input, outputSize, options)
/**
 * The largest elements of windows that cover both spatial dims.
 *
 * @example
 * adaptiveMaxPool2d(ones([1, 3, 7, 7]), [2, null]).shape // => [1, 3, 2, 7]
 * @see torch.nn.functional.adaptive_max_pool2d
 */
export const adaptiveMaxPool2d = <const O extends AdaptiveMaxPoolOptions = false>(
  input: Tensor,
  outputSize: OutputSize,
  options: O = false as O,
): Pooled<O> => largest('adaptiveMaxPool2d', 2, input, outputSize, options)
/**
 * The largest elements of windows that cover three spatial dims.
 *
 * @example
 * adaptiveMaxPool3d(ones([1, 3, 4, 4, 4]), 2).shape // => [1, 3, 2, 2, 2]
 * @see torch.nn.functional.adaptive_max_pool3d
 */
export const adaptiveMaxPool3d = <const O extends AdaptiveMaxPoolOptions = false>(
  input: Tensor,
  outputSize: OutputSize,
  options: O = false as O,
): Pooled<O> => largest('adaptiveMaxPool3d', 3, input, outputSize, options)

/** Options of max unpooling. */
export interface MaxUnpoolOptions {
  stride?: Sizes | null
  padding?: Sizes
  /** Spatial sizes of the result (or its whole shape); default: what the pooling's geometry gives. */
  outputSize?: readonly number[] | null
}
function unpool(
  rank: 1 | 2 | 3,
  self: Tensor,
  indices: Tensor,
  kernelSize: Sizes,
  { stride = null, padding = 0, outputSize = null }: MaxUnpoolOptions,
): Tensor {
  const op = `maxUnpool${rank}d`
  const kernel = spatialSizes(op, 'kernelSize', kernelSize, rank, 1)
  const steps = stride === null ? kernel : spatialSizes(op, 'stride', stride, rank, 1)
  const pads = spatialSizes(op, 'padding', padding, rank, 0)
  check(
    self.ndim === rank + 1 || self.ndim === rank + 2,
    () =>
      new ShapeError(
        op,
        `the input must have ${rank + 1} or ${rank + 2} dims, got ${formatShape(self.shape)}`,
      ),
  )
  check(
    sameShape(self.shape, indices.shape) && indices.dtype === 'int64',
    () =>
      new ShapeError(
        op,
        `indices must be int64 and of the input's shape ${formatShape(self.shape)}, got ${indices.dtype} of ${formatShape(indices.shape)}`,
      ),
  )
  const lead = self.shape.slice(0, self.ndim - rank)
  const usual = steps.map((step, i) => (self.shape[lead.length + i] - 1) * step - 2 * pads[i] + kernel[i])
  const sizes =
    outputSize === null ? usual : outputSize.length === self.ndim ? outputSize.slice(lead.length) : outputSize
  check(
    sizes.length === rank &&
      sizes.every((n, i) => outputSize === null || (n > usual[i] - steps[i] && n < usual[i] + steps[i])),
    () =>
      new ArgumentError(
        op,
        `outputSize must be near ${formatShape(usual)}, less than a stride away, got ${formatShape(sizes)}`,
      ),
  )
  const planes = [...lead, numelOf(sizes)]
  const empty = zeros(planes, { dtype: self.dtype, device: self.device })
  return reshape(scatter(empty, -1, reshape(indices, [...lead, -1]), reshape(self, [...lead, -1])), [
    ...lead,
    ...sizes,
  ])
}
/**
 * Undoes maxPool1d with its indices; zero elsewhere.
 *
 * @example
 * maxUnpool1d(tensor([[[5, 6]]]), tensor([[[1n, 2n]]]), 2).tolist() // => [[[0, 5, 6, 0]]]
 * @see torch.nn.functional.max_unpool1d
 */
export const maxUnpool1d = (
  input: Tensor,
  indices: Tensor,
  kernelSize: Sizes,
  options: MaxUnpoolOptions = {},
): Tensor => unpool(1, input, indices, kernelSize, options)
/**
 * Undoes maxPool2d with its indices; zero elsewhere.
 *
 * @example
 * maxUnpool2d(tensor([[[[5]]]]), tensor([[[[3n]]]]), 2).tolist() // => [[[[0, 0], [0, 5]]]]
 * @see torch.nn.functional.max_unpool2d
 */
export const maxUnpool2d = (
  input: Tensor,
  indices: Tensor,
  kernelSize: Sizes,
  options: MaxUnpoolOptions = {},
): Tensor => unpool(2, input, indices, kernelSize, options)
/**
 * Undoes maxPool3d with its indices; zero elsewhere.
 *
 * @example
 * maxUnpool3d(tensor([[[[[5]]]]]), tensor([[[[[7n]]]]]), 2).flatten().tolist() // => [0, 0, 0, 0, 0, 0, 0, 5]
 * @see torch.nn.functional.max_unpool3d
 */
export const maxUnpool3d = (
  input: Tensor,
  indices: Tensor,
  kernelSize: Sizes,
  options: MaxUnpoolOptions = {},
): Tensor => unpool(3, input, indices, kernelSize, options)
